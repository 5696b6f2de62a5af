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
  const names = new Map<string, number>();
  const [was, is] = [numbered(before, names), numbered(after, names)];
  const aligned: Aligned[] = [];
  let ends: Places = [before.length, after.length];
  while (ends[0] > 0 && ends[1] > 0 && was.exact[ends[0] - 1] === is.exact[ends[1] - 1]) {
    ends = [ends[0] - 1, ends[1] - 1];
  }
  let [one, other] = [0, 0];
  while (one < ends[0] && other < ends[1]) {
    if (was.exact[one] === is.exact[other]) {
      aligned.push({ before: one++, after: other++ });
      continue;
    }
    const isLast = ends[0] - one <= windowMax && ends[1] - other <= windowMax;
    const to: Places = [Math.min(ends[0], one + windowMax), Math.min(ends[1], other + windowMax)];
    const pairs = pairsIn(was, is, [one, other], to);
    const kept = isLast ? pairs : pairs.filter((pair) => pair[0] < one + windowKept && pair[1] < other + windowKept);
    for (const pair of kept) {
      alone(aligned, [one, other], pair);
      aligned.push({ before: pair[0], after: pair[1] });
      [one, other] = [pair[0] + 1, pair[1] + 1];
    }
    if (isLast) break;
    if (kept.length > 0) continue;
    const next: Places = [Math.min(ends[0], one + windowKept), Math.min(ends[1], other + windowKept)];
    alone(aligned, [one, other], next);
    [one, other] = next;
  }
  alone(aligned, [one, other], ends);
  for (let place = 0; ends[0] + place < before.length; place++) {
    aligned.push({ before: ends[0] + place, after: ends[1] + place });
  }
  return aligned;
}

/** Numbers are compared a million times where texts would be. */
interface Numbered {
  readonly exact: Int32Array;
  readonly alike: Int32Array;
}

function numbered(items: readonly Alignable[], names: Map<string, number>): Numbered {
  const numberOf = (name: string): number => {
    const known = names.get(name) ?? names.size;
    names.set(name, known);
    return known;
  };
  return {
    exact: Int32Array.from(items, ({ exact }) => numberOf(`= ${exact}`)),
    alike: Int32Array.from(items, ({ alike }) => numberOf(`~ ${alike}`)),
  };
}

type Places = readonly [before: number, after: number];

/** What lies between stands for nothing. */
function alone(aligned: Aligned[], from: Places, to: Places): void {
  for (let before = from[0]; before < to[0]; before++) aligned.push({ before });
  for (let after = from[1]; after < to[1]; after++) aligned.push({ after });
}

/** The best pairs between two places of each list. */
function pairsIn(was: Numbered, is: Numbered, from: Places, to: Places): readonly Places[] {
  const score = (one: number, other: number): number => {
    if (was.exact[one] === is.exact[other]) return exactScore;
    return was.alike[one] === is.alike[other] ? alikeScore : 0;
  };
  const width = to[1] - from[1] + 1;
  /** The best score that the rest of both lists can come to, from each pair of places on. */
  const best = new Uint32Array((to[0] - from[0] + 1) * width);
  for (let one = to[0] - 1; one >= from[0]; one--) {
    const row = (one - from[0]) * width - from[1];
    for (let other = to[1] - 1; other >= from[1]; other--) {
      const here = row + other;
      const pair = score(one, other);
      const together = pair === 0 ? 0 : pair + best[here + width + 1]!;
      best[here] = Math.max(together, best[here + 1]!, best[here + width]!);
    }
  }
  const pairs: Places[] = [];
  for (let [one, other] = from; one < to[0] && other < to[1];) {
    const here = (one - from[0]) * width + other - from[1];
    const pair = score(one, other);
    if (pair > 0 && best[here] === pair + best[here + width + 1]!) pairs.push([one++, other++]);
    else if (best[here] === best[here + width]) one++;
    else other++;
  }
  return pairs;
}
