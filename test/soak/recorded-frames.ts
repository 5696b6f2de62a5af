/** Many frames of one session, recorded into a file that is followed by others: what the process keeps of them. */

import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { chartDigest } from '../../src/record/chart-digest.ts';
import { openRecording } from '../../src/record/recording.ts';
import { Redaction } from '../../src/redaction.ts';
import { createTracedRuntime } from '../../src/runtime/runtime.ts';
import { silentLog } from '../../src/runtime/silent-log.ts';
import { systemClock } from '../../src/runtime/system-clock.ts';
import { pairs, passBytes } from '../bench/acts.ts';
import { openServing } from '../bench/in-memory.ts';
import type { Sample } from './verdict.ts';

export interface RecordedFrames {
  readonly frames: number;
  /** `atS` counts frames, in thousands. */
  readonly samples: readonly (Sample & { readonly rssBytes: number })[];
  readonly dropped: number;
}

const samplesMax = 40;
const tapeBytesMax = 64 * 1024 * 1024;

/** Needs --expose-gc. */
export async function recordFrames(frames: number, folder: string): Promise<RecordedFrames> {
  const redaction = new Redaction();
  const clock = systemClock();
  const recording = openRecording({
    place: { file: join(folder, 'frames.tape.jsonl') },
    version: 'soak',
    chart: chartDigest(),
    clock,
    log: silentLog,
    hide: (message) => redaction.bytes(message),
    isRedacted: true,
    bodyBytesMax: 1024 * 1024,
    whenFull: 'wait',
    limits: { tapeBytesMax },
  });
  const runtime = createTracedRuntime({ clock, limits: { pendingPerSession: 10_000 } }, recording.tracer);
  const act = passBytes([openServing(runtime)]);
  const acts = Math.ceil(frames / 2 / pairs);
  const samples: RecordedFrames['samples'][number][] = [];
  for (let number = 1; number <= acts; number += 1) {
    act();
    await nextTurn();
    if (number % Math.max(1, Math.floor(acts / samplesMax)) !== 0) continue;
    globalThis.gc!();
    const { heapUsed, external, rss } = process.memoryUsage();
    samples.push({ atS: (number * 2 * pairs) / 1000, heapBytes: heapUsed + external, rssBytes: rss });
  }
  const { dropped } = recording;
  await runtime.stop();
  recording.close();
  return { frames: acts * 2 * pairs, samples, dropped };
}
