/**
 * Clusters that fail, longer than tests may take. Without a server: `npm run soak:cluster -- [--seeds N] [--first S]` runs simulated ones,
 * `-- --seed S` one of them with its whole history. With nats-server: `-- --chaos-seconds N` has processes killed, stopped and drained under
 * load, `-- --outages` takes the server away for 1, 2.5 and 6 s. Exits with 1 when a law was broken.
 */

import { writeSync } from 'node:fs';
import { Command } from 'commander';
import { defaultTimes } from '../../src/cluster/settings.ts';
import { wholeNumber } from '../soak/whole-number.ts';
import { Pair } from './broker-outages.ts';
import { chaos } from './chaos.ts';
import { NatsServer, hasNoNats } from './nats-server.ts';
import { simulate } from './simulation/simulate.ts';
import { Worker } from './worker.ts';

interface Options {
  readonly seeds: number;
  readonly first: number;
  readonly seed: number | undefined;
  readonly chaosSeconds: number | undefined;
  readonly outages: boolean;
}

const { seeds, first, seed, chaosSeconds, outages } = new Command('npm run soak:cluster --')
  .description('Runs clusters in which machines, links and the engine fail, and holds them to the laws.')
  .option('--seeds <n>', 'how many simulated runs', wholeNumber, 5000)
  .option('--first <n>', 'the seed of the first', wholeNumber, 1)
  .option('--seed <n>', 'one simulated run, with all that happened in it; the choices of --chaos-seconds', wholeNumber)
  .option('--chaos-seconds <n>', 'nodes in processes on a real server, with faults at random', wholeNumber)
  .option('--outages', 'the real server is away for 1, 2.5 and 6 s', false)
  .parse()
  .opts<Options>();

process.exitCode = await chosen();

async function chosen(): Promise<number> {
  const isReal = chaosSeconds !== undefined || outages;
  if (isReal && hasNoNats) return 1;
  if (chaosSeconds !== undefined) return runChaos(chaosSeconds);
  if (outages) return runOutages();
  return seed === undefined ? runMany() : runOne(seed);
}

async function runChaos(seconds: number): Promise<number> {
  const used = seed ?? Date.now() % 1_000_000;
  say(`${seconds} s of chaos, --seed ${used}`);
  const report = await chaos({ seconds, seed: used, times: defaultTimes, say });
  say(JSON.stringify(report, undefined, 2));
  return report.violations.length === 0 ? 0 : 1;
}

/** With the times that a cluster has by default. */
async function runOutages(): Promise<number> {
  const server = await NatsServer.start();
  const workers: Worker[] = [];
  const begin = async (node: string): Promise<Worker> => {
    const worker = await Worker.start({ node, url: server.url, times: defaultTimes, pendingTotal: 1000 });
    workers.push(worker);
    return worker;
  };
  try {
    const pair = await Pair.of(server, await begin('a'), await begin('b'));
    let broken = 0;
    for (const downMs of [1000, 2500]) {
      const outage = await pair.outage(downMs);
      say(`away for ${downMs} ms: ${JSON.stringify(outage)}`);
      const isWhole = [outage.underWay, outage.afterwards].every((ends) => Object.keys(ends).join() === 'ok');
      if (!isWhole || outage.moved.length > 0) broken += 1;
    }
    const { recovered, gone, ...long } = await pair.longOutage(6000, async () => begin('c'));
    const goneOn = recovered.filter(({ text }, index) => Number(text) === pair.sessionCounts[index]! + 1).length;
    say(`away for 6000 ms: ${JSON.stringify({ ...long, recovered: goneOn, gone: gone.length })}`);
    if (Object.keys(long.underWay).join() !== 'NODE_FENCED unknown' || goneOn < recovered.length) broken += 1;
    return broken === 0 ? 0 : 1;
  } finally {
    await Promise.all(workers.map(async (worker) => worker.end()));
    await server.stop();
  }
}

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
