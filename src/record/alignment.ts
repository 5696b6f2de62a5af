/**
 * Which items of two lists stand for each other: a longest common subsequence in which items that are the same count more than items
 * that are only alike. Knows nothing of what the items are. Bounded: of long lists a window is looked at, and then the next one.
 */

export interface Alignable {
  /** Items are the same where these are. */
  readonly exact: string;
  /** Items may stand for each other where these are the same. */
  readonly alike: string;
}

/** Places in the two lists. `undefined`: nothing there stands for it. */
export type Aligned =
  | { readonly before: number; readonly after: number }
  | { readonly before: number; readonly after?: undefined }
  | { readonly before?: undefined; readonly after: number };

const windowMax = 1000;
/** So much of a window is final; what is behind it may still find something better. */
const windowKept = 750;

const exactScore = 4;
const alikeScore = 1;

/** Every place of both lists, once, in the order of both. */
export function align(before: readonly Alignable[], after: readonly Alignable[]): readonly Aligned[] {
  const aligned: Aligned[] = [];
  let ends = [before.length, after.length] as const;
  while (ends[0] > 0 && ends[1] > 0 && before[ends[0] - 1]!.exact === after[ends[1] - 1]!.exact) {
    ends = [ends[0] - 1, ends[1] - 1];
  }
  let [one, other] = [0, 0];
  while (one < ends[0] && other < ends[1]) {
    if (before[one]!.exact === after[other]!.exact) {
      aligned.push({ before: one++, after: other++ });
      continue;
    }
    const isLast = ends[0] - one <= windowMax && ends[1] - other <= windowMax;
    const pairs = pairsIn(
      before.slice(one, Math.min(ends[0], one + windowMax)),
      after.slice(other, Math.min(ends[1], other + windowMax)),
    ).map(([first, second]) => [one + first, other + second] as const);
    const kept = isLast ? pairs : pairs.filter((pair) => pair[0] < one + windowKept && pair[1] < other + windowKept);
    for (const pair of kept) {
      alone(aligned, [one, other], pair);
      aligned.push({ before: pair[0], after: pair[1] });
      [one, other] = [pair[0] + 1, pair[1] + 1];
    }
    if (isLast) break;
    if (kept.length > 0) continue;
    const next = [Math.min(ends[0], one + windowKept), Math.min(ends[1], other + windowKept)] as const;
    alone(aligned, [one, other], next);
    [one, other] = next;
  }
  alone(aligned, [one, other], ends);
  for (let place = 0; ends[0] + place < before.length; place++) {
    aligned.push({ before: ends[0] + place, after: ends[1] + place });
  }
  return aligned;
}

type Places = readonly [before: number, after: number];

/** What lies between stands for nothing. */
function alone(aligned: Aligned[], from: Places, to: Places): void {
  for (let before = from[0]; before < to[0]; before++) aligned.push({ before });
  for (let after = from[1]; after < to[1]; after++) aligned.push({ after });
}

function pairsIn(before: readonly Alignable[], after: readonly Alignable[]): readonly Places[] {
  const width = after.length + 1;
  /** The best score that the rest of both lists can come to, from each pair of places on. */
  const best = new Uint32Array((before.length + 1) * width);
  for (let one = before.length - 1; one >= 0; one--) {
    for (let other = after.length - 1; other >= 0; other--) {
      const here = one * width + other;
      const score = scoreOf(before[one]!, after[other]!);
      const together = score === 0 ? 0 : score + best[here + width + 1]!;
      best[here] = Math.max(together, best[here + 1]!, best[here + width]!);
    }
  }
  const pairs: Places[] = [];
  for (let [one, other] = [0, 0]; one < before.length && other < after.length;) {
    const here = one * width + other;
    const score = scoreOf(before[one]!, after[other]!);
    if (score > 0 && best[here] === score + best[here + width + 1]!) pairs.push([one++, other++]);
    else if (best[here] === best[here + width]) one++;
    else other++;
  }
  return pairs;
}

function scoreOf(before: Alignable, after: Alignable): number {
  if (before.exact === after.exact) return exactScore;
  return before.alike === after.alike ? alikeScore : 0;
}
