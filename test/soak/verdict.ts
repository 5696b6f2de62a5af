/** Whether memory grew: the one question of a soak that no single moment answers. Pure. */

import { type Interval, median, slope, slopeInterval } from '../bench/statistics.ts';

export interface Sample {
  /** Seconds since the run began. */
  readonly atS: number;
  /** Bytes in use on the heap after a full collection. */
  readonly heapBytes: number;
}

export interface HeapVerdict {
  /** Growth over the last half of the run, by the line through its samples. */
  readonly growthBytes: number;
  /** Where the growth of an hour lies with 95 % probability. */
  readonly hourly: Interval;
  /** The most that is put down to noise. */
  readonly allowedBytes: number;
  readonly isLeak: boolean;
}

/** What a process may come to hold late without leaking: code that is compiled when it is first needed. */
const graceBytes = 1024 * 1024;
const scatters = 6;
const unknown: Interval = { low: -Infinity, high: Infinity };

/**
 * Puts a line through the samples of the last half (the median of the slopes between all pairs, which a few odd samples do
 * not tilt) and says that memory leaks when the line rises by more than 1 MiB and by more than six times the median distance
 * of the samples from it. With fewer than four samples in that half there is nothing to say.
 *
 * @param mayFillBytes what the process is still filling that has a bound of its own.
 */
export function heapVerdict(samples: readonly Sample[], mayFillBytes = 0): HeapVerdict {
  const last = samples.at(-1)?.atS ?? 0;
  const half = samples.filter(({ atS }) => atS >= last / 2);
  const grace = graceBytes + mayFillBytes;
  if (half.length < 4) return { growthBytes: 0, hourly: unknown, allowedBytes: grace, isLeak: false };
  const points = half.map(({ atS, heapBytes }) => [atS, heapBytes] as const);
  const rise = slope(points);
  const level = median(points.map(([x, y]) => y - rise * x));
  const scatter = median(points.map(([x, y]) => Math.abs(y - rise * x - level)));
  const growthBytes = rise * (last - half[0]!.atS);
  const allowedBytes = Math.max(grace, scatters * scatter);
  const { low, high } = slopeInterval(points);
  return {
    growthBytes,
    hourly: { low: low * 3600, high: high * 3600 },
    allowedBytes,
    isLeak: growthBytes > allowedBytes,
  };
}
