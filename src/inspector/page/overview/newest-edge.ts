/** Which transition was the last, told from how often each was taken before and after. */

import type { TransitionCount } from '../../../session/snapshot.ts';

export interface NewestEdge {
  readonly from: string;
  readonly to: string;
  /** Another one for each time that it was taken. */
  readonly key: string;
}

/** Where several were taken, the one that was taken most; where none was, the newest stays what it was. */
export function newestEdge(
  before: readonly TransitionCount[],
  after: readonly TransitionCount[],
  newest: NewestEdge | undefined,
): NewestEdge | undefined {
  let most = 0;
  let found = newest;
  for (const { from, to, count } of after) {
    const grown = count - (before.find((edge) => edge.from === from && edge.to === to)?.count ?? 0);
    if (grown <= most) continue;
    most = grown;
    found = { from, to, key: `${from} ${to} ${count}` };
  }
  return found;
}
