/**
 * Lets everything go wrong that is known to, on every way through the built proxy, and says what happened:
 * `npm run faults -- --help`.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { format, resolveConfig } from 'prettier';

import { hasNoNats } from '../cluster/nats-server.ts';
import { stopAll } from '../e2e/program.ts';
import { type Cell, Lanes } from './cells.ts';
import { type Fault, type Theme, needsBroker, waysOf } from './fault.ts';
import { themes } from './list.ts';
import { results, withResults } from './page.ts';
import { type Way, allWays } from './ways.ts';

const page = 'docs/faults.md';

interface Options {
  readonly theme: readonly string[];
  readonly way: readonly Way[];
  readonly fault: string;
  readonly write: boolean;
}

const names = themes.map(({ name }) => name);
const say = (line: string): boolean => process.stdout.write(`${line}\n`);
const command = new Command('npm run faults --')
  .description('Lets everything go wrong that is known to, on every way through the proxy, and says what happened.')
  .addOption(new Option('--theme <names...>', 'only these').choices(names).default(names, 'all of them'))
  .addOption(new Option('--way <ways...>', 'only these').choices(allWays).default(allWays, 'all of them'))
  .option('--fault <text>', 'only those with this text in their name', '')
  .option('--write', `write what happened into ${page}; wants all of them`, false)
  .addHelpText(
    'after',
    `
Ends with 1 when anything happens that the tests do not expect, or anything is left behind.

Examples:
  npm run faults
  npm run faults -- --theme deaths signals
  npm run faults -- --way 'http to stdio' --fault 'SIGTERM'
  npm run faults -- --write\n`,
  )
  .parse();
const options = command.opts<Options>();
const isPart = options.theme.length < names.length || options.way.length < allWays.length || options.fault !== '';
if (options.write && isPart) command.error('--write writes all of them: leave out --theme, --way and --fault');
if (options.write && hasNoNats) command.error('--write writes all of them, and some need nats-server');

let differences = 0;
const cells = new Map<Fault, Map<Way, Cell>>();
try {
  for (const theme of themes.filter(({ name }) => options.theme.includes(name))) await runTheme(theme);
} finally {
  await stopAll();
}
if (options.write) {
  const section = results(themes, (fault, way) => cells.get(fault)?.get(way)?.verdict);
  const text = withResults(readFileSync(page, 'utf8'), section);
  writeFileSync(page, await format(text, { ...(await resolveConfig(page)), parser: 'markdown' }));
  say(`\nWritten to ${page}`);
}
const count = [...cells.values()].reduce((sum, { size }) => sum + size, 0);
say(`\n${count} cells, ${differences} differences`);
process.exitCode = differences === 0 && count > 0 ? 0 : 1;

function isAsked(fault: Fault, way: Way): boolean {
  if (hasNoNats && needsBroker(fault)) return false;
  return fault.name.includes(options.fault) && waysOf(fault).includes(way);
}

/** Ways run side by side, the faults of each one after the other. */
async function runTheme({ name, faults }: Theme): Promise<void> {
  say(`\n${name}`);
  const lanes = new Lanes();
  await Promise.all(
    options.way.map(async (way) => {
      for (const fault of faults.filter((one) => isAsked(one, way))) {
        const cell = await lanes.run(fault, way);
        tell(fault, way, cell);
        const row = cells.get(fault) ?? new Map<Way, Cell>();
        cells.set(fault, row.set(way, cell));
      }
    }),
  );
  for (const problem of await lanes.close()) complain(problem);
}

function tell(fault: Fault, way: Way, { verdict, problems }: Cell): void {
  say(`  ${fault.name}, ${way}: ${verdict}`);
  const wanted = fault.verdicts[way];
  if (wanted !== verdict) complain(`the tests expect: ${wanted}`);
  for (const problem of problems) complain(problem);
}

function complain(problem: string): void {
  differences += 1;
  say(`    DIFFERENT: ${problem}`);
}
