/**
 * Runs real proxies with real servers and real clients for a while and holds them to the laws throughout:
 * `npm run soak -- --minutes N [--seed S]`. Exits with 1 when a law was broken or memory grew.
 */

import { randomInt } from 'node:crypto';
import { Command, InvalidArgumentError } from 'commander';
import { killAll } from './conversation.ts';
import { reloadingLane } from './reloading.ts';
import { report } from './report.ts';
import { restlessLane } from './restless.ts';
import { Run } from './run.ts';
import { sdkLane } from './sdk.ts';
import { type Samples, keep } from './samples.ts';
import { steadyLane } from './steady.ts';
import { commandOf, processesMarked } from './survivors.ts';
import type { Vitals } from './vitals.ts';
import { watchedLane } from './watched.ts';
import { wholeNumber } from './whole-number.ts';
import { within } from './within.ts';

/** The lanes end by themselves soon after the time is up; one that does not is a violation of its own. */
const overtimeMs = 120_000;
const tellEveryMs = process.stderr.isTTY ? 2000 : 30_000;

interface Options {
  readonly minutes: number;
  readonly seed: number | undefined;
}

const options = new Command('npm run soak --')
  .description('Runs real proxies, servers and clients for a while and holds them to the laws throughout.')
  .option('--minutes <n>', 'how long', aboveZero, 2)
  .option('--seed <n>', 'repeat the choices of an earlier run', wholeNumber)
  .addHelpText('after', '\nExample:\n  npm run soak -- --minutes 120\n')
  .parse()
  .opts<Options>();
const { minutes, seed = randomInt(2 ** 31) } = options;

const run = new Run(seed, minutes * 60_000);
const wholeRun = `${seed}.${process.pid}.`;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => abandon(signal));
console.log(`soak for ${minutes} min, seed ${seed}`);

let latest: Vitals | undefined;
const samples: Record<string, readonly Vitals[]> = {};
const progress = setInterval(tell, tellEveryMs);
const lanes = Promise.all([
  steadyLane(run, (vitals) => (latest = vitals)).then((own) => (samples['steady'] = own)),
  watchedLane(run, 'http').then((own) => (samples['watched http'] = own)),
  watchedLane(run, 'ws').then((own) => (samples['watched ws'] = own)),
  restlessLane(run),
  sdkLane(run),
  reloadingLane(run),
]);
if ((await within(lanes, run.leftMs + overtimeMs)) === 'too late') {
  run.violationIn('soak')('the run ends on time', `a lane runs ${overtimeMs} ms after the end`);
}
clearInterval(progress);
if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
for (const pid of processesMarked(wholeRun)) {
  run.violationIn('soak')('nothing is left behind', commandOf(pid));
  process.kill(pid, 'SIGKILL');
}
const isWell = report(run, samples satisfies Samples);
for (const file of keep(`soak of ${minutes} min, seed ${seed}`, samples)) console.log(`written: ${file}`);
process.exit(isWell ? 0 : 1);

function tell(): void {
  const lanesOfCalls = ['steady', 'restless', 'sdk', 'reloading', 'watched http', 'watched ws'];
  const { answered, heap } = {
    answered: lanesOfCalls.reduce((total, lane) => total + sum(run.counted(lane)), 0),
    heap: latest === undefined ? '' : `, heap ${(latest.heapBytes / 2 ** 20).toFixed(1)} MiB`,
  };
  const text = `${Math.round(run.elapsedMs / 1000)} s: ${answered} exchanges, ${run.violations.length} violations${heap}`;
  process.stderr.write(process.stderr.isTTY ? `\r\u001b[K${text}` : `${text}\n`);
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0);
}

function aboveZero(text: string): number {
  if (!(Number(text) > 0)) throw new InvalidArgumentError('It must be a number above 0.');
  return Number(text);
}

function abandon(signal: string): never {
  killAll();
  for (const pid of processesMarked(wholeRun)) process.kill(pid, 'SIGKILL');
  stopWith(`stopped by ${signal}`);
}

function stopWith(problem: string): never {
  console.error(problem);
  process.exit(1);
}
