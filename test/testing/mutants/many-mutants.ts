/**
 * `npm run mutants -- --count 200 --seed 1`: makes so many wrong proxies and tries to find each of them out. Says what became of them;
 * of those that were not found out, whether their mutation ever did anything. Exits with 1 when fewer than 98 of a hundred that did
 * something are found, or when their shortest plays have more than eight steps in the median.
 */
import { parseArgs } from 'node:util';
import { foundOut, inMemory } from './found-out.ts';
import { generatedMutants, sessionOf } from './generated.ts';

const usage = `npm run mutants -- [--count N] [--seed S] [--plays N]

  --count N  wrong proxies: 200 unless said otherwise
  --seed S   what they are made of: 1 unless said otherwise
  --plays N  how many plays try to find each of them out: 3000 unless said otherwise`;
const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    plays: { type: 'string', default: '3000' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);
if (values.help) say(usage);
const shareMin = 0.98;
const stepsMax = 8;
const all = generatedMutants(values.help ? 0 : Number(values.count), Number(values.seed));
const lengths: number[] = [];
const laws = new Map<string, number>();
const survivors: string[] = [];
let idle = 0;
for (const mutant of all) {
  let acted = 0;
  const target = inMemory(
    mutant.era,
    sessionOf(mutant, () => acted++),
  );
  const found = await foundOut(target, { numRuns: Number(values.plays) });
  if (found !== undefined) {
    lengths.push(found.play.length);
    laws.set(found.law, (laws.get(found.law) ?? 0) + 1);
  } else if (acted === 0) {
    idle++;
    survivors.push(`${mutant.name}: it never came to it`);
  } else survivors.push(`${mutant.name}: it did something ${acted} times, and no law was broken`);
}
const share = lengths.length / (all.length - idle);
const median = lengths.toSorted((a, b) => a - b)[Math.floor(lengths.length / 2)] ?? 0;
for (const survivor of survivors) say(`not found out: ${survivor}`);
for (const [law, count] of [...laws].toSorted(([, a], [, b]) => b - a)) say(`${String(count).padStart(5)} by ${law}`);
const shown = `${(share * 100).toFixed(1)} % of those that did something, by ${median} steps in the median, the longest ${Math.max(...lengths)}`;
if (all.length > 0) say(`${lengths.length} of ${all.length} are found out: ${shown}`);
process.exitCode = values.help || (share >= shareMin && median <= stepsMax) ? 0 : 1;
