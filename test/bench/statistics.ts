/**
 * Medians, and how sure they are. No distribution is assumed: on a shared machine the noise is one-sided and comes in
 * bursts, which means and standard deviations do not survive.
 */

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** The value below which the share `q` (0 to 1) of the values lies, by nearest rank. NaN when there is none. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))] ?? NaN;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

/**
 * The narrowest pair of values, taken symmetrically from the sorted ones, between which the true median lies with at least
 * 95 % probability: each value falls below it as a coin falls. Nine values give the second and the eighth (96 %). With
 * fewer than six no pair is that sure, and the smallest and largest are given.
 */
export function medianInterval(values: readonly number[]): Interval {
  const sorted = values.toSorted((a, b) => a - b);
  const count = sorted.length;
  let outside = 0;
  let probability = 0.5 ** count;
  let below = probability;
  while (below <= 0.025 && outside < count >> 1) {
    outside += 1;
    probability *= (count - outside + 1) / outside;
    below += probability;
  }
  const cut = Math.max(0, outside - 1);
  return { low: sorted[cut] ?? NaN, high: sorted[count - 1 - cut] ?? NaN };
}

/** The median of the slopes between all pairs of points: a burst in a few of them does not tilt it (Theil and Sen). */
export function slope(points: readonly Point[]): number {
  return median(slopesOf(points));
}

/**
 * Where the true slope lies with 95 % probability: between two of the slopes of all pairs, by Kendall's rank test (Sen 1968).
 * With fewer than six points it may be anywhere.
 */
export function slopeInterval(points: readonly Point[]): Interval {
  const count = points.length;
  if (count < 6) return { low: -Infinity, high: Infinity };
  const slopes = slopesOf(points).toSorted((a, b) => a - b);
  const spread = 1.96 * Math.sqrt((count * (count - 1) * (2 * count + 5)) / 18);
  const cut = Math.max(0, Math.floor((slopes.length - spread) / 2));
  return { low: slopes[cut] ?? NaN, high: slopes[slopes.length - 1 - cut] ?? NaN };
}

type Point = readonly [x: number, y: number];

function slopesOf(points: readonly Point[]): readonly number[] {
  return points.flatMap(([x, y], index) =>
    points.slice(0, index).flatMap(([earlierX, earlierY]) => (x === earlierX ? [] : (y - earlierY) / (x - earlierX))),
  );
}
