/** One bench in a process of its own, so that none inherits the heap and the compiled code of another. */

import { benches } from './benches.ts';

const [name, rounds] = process.argv.slice(2);
const bench = benches.find((candidate) => candidate.name === name);
if (bench === undefined) throw new Error(`There is no bench '${name}'`);
const say = (text: string): void => void process.send?.({ say: text });
process.send?.({ measures: await bench.measure({ rounds: Number(rounds), say }) });
process.disconnect();
