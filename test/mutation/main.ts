/**
 * Puts small defects into the pure folders, one at a time, and says which of them no test notices: `npm run mutation`.
 * Stryker needs a newer Node than the project, so both are a package of their own beside this file.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { Command, InvalidArgumentError, Option } from 'commander';
import { format, resolveConfig } from 'prettier';
import { type MutatedFolder, folders } from './folders.ts';
import { type FileScore, type MutationReport, percent, scoresOf, survivorLine } from './scores.ts';

const page = 'docs/mutation.md';
const home = 'test/mutation';
const stryker = `${home}/node_modules/@stryker-mutator/core/bin/stryker.js`;
const newerNode = `${home}/node_modules/.bin/node`;
const names = folders.map(({ name }) => name);

interface Options {
  readonly only: readonly string[];
  readonly file: readonly string[];
  readonly concurrency: number;
  readonly again: boolean;
  readonly write: boolean;
}

const options = new Command('npm run mutation --')
  .description('Puts small defects into the code, one at a time, and says which of them no test notices.')
  .addOption(new Option('--only <names...>', 'only these folders').choices(names).default(names, 'all of them'))
  .option('--file <names...>', 'only these files of theirs, by name: scan.ts', [])
  .option('--concurrency <n>', 'mutants at a time', wholeNumber, 1)
  .option('--again', 'forget what earlier runs found; without it only what changed since is run', false)
  .option('--write', `write the scores into ${page}; wants a whole run`, false)
  .addHelpText(
    'after',
    `
The first run takes hours, the next ones little: what was found stays in out/mutation, and only what changed is run again.
The first run installs Stryker and a newer Node into ${home}/node_modules (250 MB).

Examples:
  npm run mutation -- --only protocol
  npm run mutation -- --only protocol --file scan.ts
  npm run mutation -- --write\n`,
  )
  .parse()
  .opts<Options>();
if (options.write && (options.only.length < folders.length || options.file.length > 0)) {
  stopWith('--write writes a whole run: leave out --only and --file');
}

let running: ChildProcess | undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    running?.kill(signal);
    stopWith(`stopped by ${signal}`);
  });
}
// Nobody waits for this; whatever else the machine does goes first.
setPriority(19);

// The project refuses packages that its own Node is too old for; these run on the newer one that comes with them.
if (!existsSync(stryker)) await run('npm', ['ci', '--prefix', home, '--engine-strict=false'], {});
const scores: FileScore[] = [];
for (const folder of folders.filter(({ name }) => options.only.includes(name))) scores.push(...(await mutate(folder)));

for (const line of scores.flatMap(({ survivors }) => survivors.map(survivorLine))) console.log(line);
console.log(`\n${table(scores)}`);
if (options.write) {
  const text = readFileSync(page, 'utf8').replace(
    /(<!-- scores -->\n)[^]*?(\n<!-- end of scores -->)/,
    (_, begin: string, end: string) => `${begin}\nMeasured on ${today()}.\n\n${table(scores)}\n${end}`,
  );
  writeFileSync(page, await format(text, { ...(await resolveConfig(page)), parser: 'markdown' }));
  console.log(`\nWritten to ${page}`);
}

/** One file at a time, so that a run that is interrupted has not been for nothing. */
async function mutate({ name, sources }: MutatedFolder): Promise<readonly FileScore[]> {
  const kept = `out/mutation/${name}.json`;
  const present = readdirSync(sources).filter((file) => file.endsWith('.ts'));
  const chosen = options.file.length === 0 ? present : present.filter((file) => options.file.includes(file));
  const paths = chosen.map((file) => `${sources}/${file}`);
  for (const path of paths) {
    console.log(`\n${path}`);
    await run(
      newerNode,
      [
        ...[stryker, 'run', `${home}/stryker.config.json`, '--mutate', path, '--incrementalFile', kept],
        ...['--concurrency', String(options.concurrency), ...(options.again ? ['--force'] : [])],
      ],
      { NINELIVES_MUTATED: name },
    );
  }
  if (paths.length === 0) return [];
  return scoresOf(JSON.parse(readFileSync(kept, 'utf8')) as MutationReport).filter(({ path }) => paths.includes(path));
}

async function run(program: string, args: readonly string[], extra: Readonly<Record<string, string>>): Promise<void> {
  running = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...extra } });
  const [code] = (await once(running, 'exit')) as [number | null];
  if (code !== 0) stopWith(`${program} failed`);
}

function table(rows: readonly FileScore[]): string {
  const line = (name: string, of: readonly FileScore[]): string =>
    `| ${name} | ${of.reduce((sum, { counted }) => sum + counted, 0)} | ${of.reduce((sum, { survivors }) => sum + survivors.length, 0)} | ${percent(of).toFixed(1)} |`;
  return [
    '| file | mutants | survived | % killed |',
    '| :-- | --: | --: | --: |',
    ...folders.flatMap(({ sources }) => {
      const own = rows.filter(({ path }) => path.startsWith(`${sources}/`));
      return own.length === 0 ? [] : [...own.map((row) => line(`\`${row.path}\``, [row])), line(`**${sources}**`, own)];
    }),
  ].join('\n');
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) throw new InvalidArgumentError('It must be a whole number above 0.');
  return number;
}

function stopWith(problem: string): never {
  console.error(problem);
  process.exit(1);
}
