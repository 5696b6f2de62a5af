/** Runs the benches and prints what they measured: `npm run bench -- [--only NAME] [--rounds N] [--write]`. */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { benches } from './benches.ts';
import { loadNow, machineSince } from './machine.ts';
import type { Bench, Measure } from './measure.ts';
import { type BenchResult, benchmarksPage, terminalTable } from './page.ts';

const page = 'docs/benchmarks.md';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string', default: '9' },
    write: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const chosen = benches.filter(({ name }) => values.only === undefined || name === values.only);
if (!Number.isSafeInteger(rounds) || rounds < 1)
  stopWith(`--rounds wants a whole number above 0, not ${values.rounds}`);
if (chosen.length === 0) stopWith(`--only wants one of ${benches.map(({ name }) => name).join(', ')}`);
if (values.write && values.only !== undefined) stopWith('--write writes a whole run: leave out --only');

const loadBefore = loadNow();
const results: BenchResult[] = [];
for (const bench of chosen) {
  const measures = await inOwnProcess(bench);
  results.push({ bench, measures });
  console.log(`\n${bench.title} (${bench.name})\n${terminalTable(measures)}`);
}
if (values.write) {
  const text = benchmarksPage(results, machineSince(loadBefore), rounds);
  writeFileSync(page, await format(text, { ...(await resolveConfig(page)), parser: 'markdown' }));
  console.log(`\nWritten to ${page}`);
}

async function inOwnProcess(bench: Bench): Promise<readonly Measure[]> {
  const program = fileURLToPath(new URL('./one-bench.js', import.meta.url));
  const child = fork(program, [bench.name, String(rounds)], { execArgv: ['--expose-gc'] });
  let measures: readonly Measure[] | undefined;
  child.on('message', (message: { readonly say?: string; readonly measures?: readonly Measure[] }) => {
    measures ??= message.measures;
    if (message.say !== undefined) progress(`${bench.name}: ${message.say}`);
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  progress('');
  if (code !== 0 || measures === undefined) stopWith(`The bench '${bench.name}' failed`);
  return measures;
}

/** One line that is written over again, where somebody sees it. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}

function stopWith(problem: string): never {
  console.error(problem);
  process.exit(1);
}
