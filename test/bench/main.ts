/** Runs the benches and prints what they measured: `npm run bench -- --help`. */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError, Option } from 'commander';
import { format, resolveConfig } from 'prettier';
import { benches } from './benches.ts';
import { type Machine, loadNow, machineSince } from './machine.ts';
import type { Bench, Measure } from './measure.ts';
import { type BenchResult, sectionOf, terminalTable, withSection } from './page.ts';
import { missingHttpPeers } from './http-peers.ts';
import { missingPeers } from './peers.ts';
import { writePlots } from './plots/plot-files.ts';

const page = 'docs/benchmarks.md';

const names = benches.map(({ name }) => name);
const nameWidth = Math.max(...names.map((name) => name.length)) + 2;

interface Options {
  readonly only: readonly string[];
  readonly rounds: number;
  readonly write: boolean;
}

const options = new Command('npm run bench --')
  .description('Measures ninelives and prints ratios, processor time and bytes.')
  .addOption(new Option('--only <names...>', 'only these benches').choices(names).default(names, 'all of them'))
  .option('--rounds <n>', 'rounds of each bench; ratios are taken within a round', wholeNumber, 9)
  .option('--write', `write what was run into ${page}`, false)
  .addHelpText(
    'after',
    `\nBenches:\n${benches.map(({ name, title }) => `  ${name.padEnd(nameWidth)}${title}`).join('\n')}\n
Examples:
  npm run bench
  npm run bench -- --only frame hop --rounds 15
  npm run bench -- --only http-sessions --write\n`,
  )
  .parse()
  .opts<Options>();
const { rounds } = options;
const chosen = benches.filter(({ name, isAbsent }) => options.only.includes(name) && isAbsent !== true);
const missing = [...missingPeers(), ...missingHttpPeers()];
if (missing.length > 0) {
  const remedy = `without other projects' proxies (${missing.join(', ')}): npm run bench:peers installs them`;
  if (options.only.some((name) => name.startsWith('hop'))) {
    if (options.write) stopWith(`A page without other projects says little, and this run is ${remedy}`);
    console.log(`Hops are measured ${remedy}`);
  }
}

for (const bench of chosen) {
  const loadBefore = loadNow();
  const measures = await inOwnProcess(bench);
  console.log(`\n${bench.title} (${bench.name})\n${terminalTable(measures)}`);
  // At once, so that a run that ends before its time leaves what it has measured.
  if (options.write) await write({ bench, measures }, machineSince(loadBefore));
}
if (options.write) console.log(`\nWritten to ${page}`);

async function write(result: BenchResult, machine: Machine): Promise<void> {
  const known = existsSync(page) ? readFileSync(page, 'utf8') : '';
  const text = withSection(known, sectionOf(result, machine, rounds), benches);
  const formatted = await format(text, { ...(await resolveConfig(page)), parser: 'markdown' });
  writeFileSync(page, formatted);
  writePlots(formatted);
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

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) throw new InvalidArgumentError('It must be a whole number above 0.');
  return number;
}

/** One line that is written over again, where somebody sees it. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}

function stopWith(problem: string): never {
  console.error(problem);
  process.exit(1);
}
