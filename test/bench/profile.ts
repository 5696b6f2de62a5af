/**
 * Shows where one request and its response spend processor time and bytes: `npm run profile`. The same messages as the bench
 * `frame`, through one session in memory, under V8's own profilers.
 */

import { Session } from 'node:inspector/promises';
import { passBytes, pairs } from './acts.ts';
import { benchRuntime, openServing } from './in-memory.ts';
import { type Frame, type Totals, add, nameOf, selfMicros, show } from './profile-table.ts';

const warmUpActs = 100;
const actsTimed = 400;
const actsAllocating = 20;
const samplingMicros = 100;
const samplingBytes = 256;

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
  show('microseconds of a pair, by function', selfMicros(profile), actsTimed * pairs, 3);
}

async function showBytes(): Promise<void> {
  await session.post('HeapProfiler.startSampling', {
    samplingInterval: samplingBytes,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  });
  repeat(actsAllocating);
  const { profile } = await session.post('HeapProfiler.stopSampling');
  const self: Totals = new Map();
  const visit = ({ callFrame, selfSize, children }: Allocation): void => {
    if (selfSize > 0) add(self, nameOf(callFrame), selfSize);
    for (const child of children) visit(child);
  };
  visit(profile.head);
  show('bytes allocated by a pair, by function', self, actsAllocating * pairs, 0);
}

function repeat(times: number): void {
  for (let time = 0; time < times; time += 1) act();
}
