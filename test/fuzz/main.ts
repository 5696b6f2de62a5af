/**
 * Tries the parts that read what strangers write with a great many damaged inputs:
 * `npm run fuzz -- [--only NAME ...] [--cases N] [--seed S] [--minutes M]`. Exits with 1 when something was found, and says how it is kept.
 */

import { randomInt } from 'node:crypto';
import { Command, InvalidArgumentError, Option } from 'commander';
import { type Fuzzed, fuzz } from './fuzz.ts';
import type { FuzzTarget } from './fuzz-target.ts';
import { targets } from './targets.ts';

interface Options {
  readonly only?: readonly string[];
  readonly cases?: number;
  readonly seed: number;
  readonly minutes?: number;
}

/** Of parts that need nothing but their bytes, and of those that wait for files and sockets. */
const usualCases = { pure: 200_000, waiting: 2000 } as const;
const seedMax = 2 ** 31 - 1;

const options = new Command('npm run fuzz --')
  .description('Tries the parts that read what strangers write with a great many damaged inputs.')
  .addOption(new Option('--only <name...>', 'these targets alone').choices(targets.map(({ name }) => name)))
  .option(
    '--cases <n>',
    `how many for each; ${usualCases.pure}, or ${usualCases.waiting} with files and sockets`,
    whole,
  )
  .option('--seed <n>', 'repeat an earlier run', whole, randomInt(seedMax))
  .option('--minutes <n>', 'no longer than this in all', aboveZero)
  .addHelpText('after', '\nExample:\n  npm run fuzz -- --only scan lines --cases 1000000\n')
  .parse()
  .opts<Options>();

const { seed, minutes } = options;
const chosen = targets.filter(({ name }) => options.only?.includes(name) ?? true);
const until = minutes === undefined ? Infinity : performance.now() + minutes * 60_000;
console.log(`seed ${seed}`);

const outcomes: (readonly [FuzzTarget, Fuzzed])[] = [];
for (const target of chosen) {
  const cases = options.cases ?? usualCases[target.kind];
  let toldAt = -Infinity;
  const fuzzed = await fuzz(target, { cases, seed, until }, (tried) => {
    if (!process.stderr.isTTY || performance.now() - toldAt < 200) return;
    toldAt = performance.now();
    process.stderr.write(`\r\u001b[K${target.name}: ${tried} of ${cases}`);
  });
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  outcomes.push([target, fuzzed]);
  if (fuzzed.found !== undefined) tellFound(target, fuzzed.found);
}

console.log('| target | cases | per second | found |\n|---|---:|---:|---|');
for (const [{ name }, { cases, ms, found }] of outcomes) {
  const perSecond = Math.round((cases * 1000) / Math.max(1, ms));
  console.log(`| ${name} | ${cases} | ${perSecond} | ${found?.kept.was ?? 'nothing'} |`);
}
process.exit(outcomes.some(([, { found }]) => found !== undefined) ? 1 : 0);

function tellFound({ name, law }: FuzzTarget, { kept, seed: portionSeed }: NonNullable<Fuzzed['found']>): void {
  console.log(`\n${name}: it should hold that ${law}; but ${kept.was}\n`);
  console.log(JSON.stringify(kept, undefined, 2));
  console.log(`\nAgain: npm run fuzz -- --only ${name} --cases 1000 --seed ${portionSeed}`);
  console.log(
    'Keep it, under a name that says what it is: test/fuzz/found/NAME.json; the tests try it from then on.\n',
  );
}

function whole(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) throw new InvalidArgumentError('It must be a whole number above 0.');
  return number;
}

function aboveZero(text: string): number {
  if (!(Number(text) > 0)) throw new InvalidArgumentError('It must be a number above 0.');
  return Number(text);
}
