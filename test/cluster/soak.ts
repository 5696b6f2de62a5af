/**
 * Runs the simulated cluster with many seeds, or with one: `npm run soak:cluster -- [--seeds N] [--first S]`, `-- --seed S` for the
 * whole history of one run. Exits with 1 when a law was broken.
 */

import { writeSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { simulate } from './simulation/simulate.ts';

interface Options {
  readonly seeds: number;
  readonly first: number;
  readonly seed: number | undefined;
}

const { seeds, first, seed } = new Command('npm run soak:cluster --')
  .description('Runs simulated clusters in which machines, links and the engine fail, and holds them to the laws.')
  .option('--seeds <n>', 'how many runs', wholeNumber, 5000)
  .option('--first <n>', 'the seed of the first', wholeNumber, 1)
  .option('--seed <n>', 'one run, with all that happened in it', wholeNumber)
  .parse()
  .opts<Options>();

process.exitCode = seed === undefined ? await runMany() : await runOne(seed);

async function runOne(only: number): Promise<number> {
  const run = await simulate(only);
  say([...run.history, ...run.violations].join('\n'));
  return run.violations.length === 0 ? 0 : 1;
}

async function runMany(): Promise<number> {
  const totals = { asked: 0, answered: 0, executed: 0, parts: 0, nodes: 0 };
  const failures: Record<string, number> = {};
  let broken = 0;
  const startedAt = performance.now();
  for (let next = first; next < first + seeds; next += 1) {
    const run = await simulate(next);
    for (const name of Object.keys(totals) as (keyof typeof totals)[]) totals[name] += run[name];
    for (const [name, count] of Object.entries(run.failures)) failures[name] = (failures[name] ?? 0) + count;
    if (run.violations.length > 0) {
      broken += 1;
      say(`seed ${next}: ${run.violations.join('; ')}\n  alone: npm run soak:cluster -- --seed ${next}`);
    }
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  say(
    `${seeds} seeds from ${first} in ${seconds} s: ${JSON.stringify({ ...totals, broken })}\n${JSON.stringify(failures)}`,
  );
  return broken === 0 ? 0 : 1;
}

function say(text: string): void {
  writeSync(1, `${text}\n`);
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}
