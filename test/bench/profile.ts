/**
 * Shows where one request and its response spend processor time and bytes: `npm run profile`. The same messages as the bench
 * `frame`, through one session in memory, under V8's own profilers.
 */

import { Session } from 'node:inspector/promises';
import { passBytes, pairs } from './acts.ts';
import { benchRuntime, openServing } from './in-memory.ts';
import { median } from './statistics.ts';

const warmUpActs = 100;
const actsTimed = 400;
const actsAllocating = 20;
const samplingMicros = 100;
const samplingBytes = 256;
const rowsShown = 25;

/** A call frame of either profiler. */
interface Frame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

interface Allocation {
  readonly callFrame: Frame;
  readonly selfSize: number;
  readonly children: readonly Allocation[];
}

const runtime = benchRuntime();
const act = passBytes([openServing(runtime)]);
repeat(warmUpActs);
const session = new Session();
session.connect();
await showTime();
await showBytes();
session.disconnect();
await runtime.stop();

async function showTime(): Promise<void> {
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: samplingMicros });
  await session.post('Profiler.start');
  repeat(actsTimed);
  const { profile } = await session.post('Profiler.stop');
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
  const { samples = [], timeDeltas = [] } = profile;
  // The first sample of a profile stands for the time before it.
  const usual = median(timeDeltas);
  const self = new Map<string, number>();
  samples.forEach((id, index) => {
    const delta = Math.min(timeDeltas[index]!, 10 * usual);
    add(self, nameOf(frames.get(id)!), delta / (actsTimed * pairs));
  });
  show('microseconds of a pair, by function', self, 3);
}

async function showBytes(): Promise<void> {
  await session.post('HeapProfiler.startSampling', {
    samplingInterval: samplingBytes,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  });
  repeat(actsAllocating);
  const { profile } = await session.post('HeapProfiler.stopSampling');
  const self = new Map<string, number>();
  const visit = ({ callFrame, selfSize, children }: Allocation): void => {
    if (selfSize > 0) add(self, nameOf(callFrame), selfSize / (actsAllocating * pairs));
    for (const child of children) visit(child);
  };
  visit(profile.head);
  show('bytes allocated by a pair, by function', self, 0);
}

function repeat(times: number): void {
  for (let time = 0; time < times; time += 1) act();
}

/** What the compiler put into its caller counts there. */
function nameOf({ functionName, url, lineNumber }: Frame): string {
  const place = url.split('/').slice(-2).join('/');
  return place === '' ? functionName : `${functionName} ${place}:${lineNumber + 1}`;
}

function add(totals: Map<string, number>, name: string, amount: number): void {
  totals.set(name, (totals.get(name) ?? 0) + amount);
}

function show(title: string, self: ReadonlyMap<string, number>, digits: number): void {
  const rows = [...self].sort(([, one], [, other]) => other - one);
  const total = rows.reduce((sum, [, amount]) => sum + amount, 0);
  console.log(`\n${title}: ${total.toFixed(digits)} in all`);
  for (const [name, amount] of rows.slice(0, rowsShown)) {
    const share = `${((100 * amount) / total).toFixed(1)} %`;
    console.log(`  ${amount.toFixed(digits).padStart(7)}  ${share.padStart(6)}  ${name}`);
  }
}
