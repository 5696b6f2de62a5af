/**
 * Runs the MCP conformance suite with and without ninelives and compares check by check: `npm run conformance -- --help`. The suite
 * needs a newer Node than the project, so both are a package of their own in test/conformance/suite.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import { format, resolveConfig } from 'prettier';
import { type Difference, differencesBetween, tallyOf } from './compare.ts';
import { type Mode, type Way, modes } from './modes.ts';
import { type Row, differenceLines, resultsSection, resultsTable } from './page.ts';
import { killAllGroups } from './process-group.ts';
import { newerNode, suiteHome } from './programs.ts';
import { type Run, runSuite } from './run.ts';
import { type Suite, suites } from './suites.ts';

const page = 'docs/conformance.md';
const out = 'out/conformance';
const modeNames = modes.map(({ name }) => name);
const suiteNames = suites.map(({ name }) => name);

interface Options {
  readonly mode: readonly string[];
  readonly suite: readonly string[];
  readonly scenario?: string;
  readonly runs: number;
  readonly write: boolean;
}

const options = new Command('npm run conformance --')
  .description('Runs the MCP conformance suite with and without ninelives, and compares check by check.')
  .addOption(new Option('--mode <names...>', 'only these modes').choices(modeNames).default(modeNames, 'all of them'))
  .addOption(
    new Option('--suite <names...>', 'only these suites').choices(suiteNames).default(suiteNames, 'all of them'),
  )
  .option('--scenario <name>', 'only this scenario')
  .option('--runs <n>', 'runs in a row, each compared with the same baseline', wholeNumber, 1)
  .option('--write', `write the results of these modes into ${page}; wants all suites`, false)
  .addHelpText(
    'after',
    `
Modes:
${modes.map(({ name, about }) => `  ${name.padEnd(19)}${about}`).join('\n')}

Suites:
${suites.map(({ name, title }) => `  ${name.padEnd(19)}${title}`).join('\n')}

Ends with 1 when any check differs, is missing or is new. What the suite and all programs wrote stays in ${out}.
The first run installs the suite and a newer Node into test/conformance/suite/node_modules (270 MB).

Examples:
  npm run conformance
  npm run conformance -- --mode http-to-http --suite 2025-11-25
  npm run conformance -- --mode http-to-http --scenario tools-call-with-progress --runs 20
  npm run conformance -- --write\n`,
  )
  .parse()
  .opts<Options>();
if (options.write && (options.suite.length < suites.length || options.scenario !== undefined)) {
  stopWith('--write writes what all suites found: leave out --suite and --scenario');
}

process.once('exit', killAllGroups);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopWith(`stopped by ${signal}`));
// With it every start of Node reads all certificates first, and some scenarios give a server half a second to start.
delete process.env['NODE_EXTRA_CA_CERTS'];

if (!existsSync(newerNode)) await install();
const baselines = new Map<string, Run>();
const rows: Row[] = [];
const notRun: string[] = [];
for (const mode of modes.filter(({ name }) => options.mode.includes(name))) {
  for (const suite of suites.filter(({ name }) => options.suite.includes(name))) {
    if (!hasScenario(mode, suite)) continue;
    try {
      const row = await compared(mode, suite);
      if (row !== undefined) rows.push(row);
    } catch (error) {
      const name = `${mode.name} ${suite.name}`;
      notRun.push(name);
      console.error(`${name} could not be run: ${(error as Error).message}`);
    }
  }
}
if (rows.length === 0 && notRun.length === 0) stopWith(`No suite has the scenario '${options.scenario ?? ''}'`);

console.log(`\n${resultsTable(rows)}`);
if (options.write && notRun.length === 0) {
  const section = resultsSection(rows, new Date().toISOString().slice(0, 10), versions());
  const text = readFileSync(page, 'utf8').replace(
    /(<!-- results -->\n)[^]*?(<!-- end of results -->)/,
    (_, begin: string, end: string) => `${begin}\n${section}\n\n${end}`,
  );
  writeFileSync(page, await format(text, { ...(await resolveConfig(page)), parser: 'markdown' }));
  console.log(`\nWritten to ${page}`);
}
const total = rows.reduce((sum, { differences }) => sum + differences.length, 0);
const missing = notRun.length === 0 ? '' : `, not run: ${notRun.join(', ')}`;
console.log(`\n${String(rows.length)} comparisons, ${String(total)} differences${missing}`);
process.exitCode = total === 0 && notRun.length === 0 ? 0 : 1;

async function compared(mode: Mode, suite: Suite): Promise<Row | undefined> {
  const baseline = await baselineOf(mode.baseline, suite);
  if (baseline.checks.length === 0) {
    if (options.scenario !== undefined) return undefined;
    throw new Error(`The suite has run nothing; see ${out}/${mode.baseline.name}/${suite.name}`);
  }
  const differences: Difference[] = [];
  let run = baseline;
  for (let index = 1; index <= options.runs; index += 1) {
    run = await told(mode.candidate, suite, options.runs === 1 ? '' : ` ${String(index)}/${String(options.runs)}`);
    const found = differencesBetween(baseline.checks, run.checks);
    for (const line of differenceLines(found)) console.log(`    ${line}`);
    differences.push(...found);
  }
  return {
    mode: mode.name,
    suite: suite.title,
    baseline: tallyOf(baseline.checks),
    candidate: tallyOf(run.checks),
    runs: options.runs,
    differences,
  };
}

/** Run once for each suite, whatever number of modes is compared with it. */
async function baselineOf(way: Way, suite: Suite): Promise<Run> {
  const key = `${way.name} ${suite.name}`;
  const known = baselines.get(key);
  if (known !== undefined) return known;
  const run = await told(way, suite, ' (baseline)');
  baselines.set(key, run);
  return run;
}

async function told(way: Way, suite: Suite, which: string): Promise<Run> {
  const run = await runSuite(suite, way, `${out}/${way.name}/${suite.name}`, options.scenario);
  const { passed, failed, warnings, failing } = tallyOf(run.checks);
  const counts = `${String(passed)} passed, ${String(failed)} failed, ${String(warnings)} warnings`;
  const named = failing.length === 0 ? '' : `; failed: ${failing.join(' ')}`;
  console.log(`${way.name} ${suite.name}${which}: ${counts} (${run.seconds.toFixed(1)} s)${named}`);
  return run;
}

/** The suite itself knows the scenarios of servers. */
function hasScenario({ candidate }: Mode, { clientScenarios }: Suite): boolean {
  const { scenario } = options;
  return scenario === undefined || (candidate.direction === 'client') === clientScenarios.includes(scenario);
}

async function install(): Promise<void> {
  console.log('Installing the suite');
  // The project refuses packages that its own Node is too old for; these run on the newer one that comes with them.
  const npm = spawn('npm', ['ci', '--prefix', suiteHome, '--engine-strict=false'], { stdio: 'inherit' });
  const [code] = (await once(npm, 'exit')) as [number | null];
  if (code !== 0) stopWith('npm ci failed');
}

function versions(): string {
  const lock = JSON.parse(readFileSync(`${suiteHome}/package.json`, 'utf8')) as {
    readonly devDependencies: Readonly<Record<string, string>>;
  };
  const version = (name: string): string => (lock.devDependencies[name] ?? '').replace(/^npm:.*@/, '');
  return [
    `conformance ${version('conformance-0.1')} and ${version('conformance-0.2')} on Node ${version('node')}`,
    `ninelives and the fixture on Node ${process.versions.node}`,
    `supergateway ${version('supergateway')} as the bridge`,
  ].join(', ');
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
