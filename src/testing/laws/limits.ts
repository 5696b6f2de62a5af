/** As many requests wait as may wait, and not one more. */

import type { Ours, Reading } from './reading.ts';
import { law, spelled } from './verdict.ts';

export const limits = law(
  {
    id: 'limits',
    text: 'A request beyond the limit is refused, and one within it is not.',
    source: 'What the target says of itself: pendingMax',
    of: ['proxy'],
    appliesTo: ({ pendingMax }) => pendingMax !== undefined,
  },
  (reading, verdict, { pendingMax = Infinity }) => {
    for (const one of reading.ours) {
      if (one.line.role !== 'client' || one.hasTwin || isUnclear(one, reading)) continue;
      const waiting = reading.ours.filter(
        (other) => other.line === one.line && isWaitingAt(other, one.event.seq),
      ).length;
      const isRefused = one.copies.length === 0 && one.responses[0]?.message.error !== undefined;
      if (waiting >= pendingMax - 1) verdict.tried();
      if (waiting >= pendingMax && one.copies.length > 0) {
        verdict.broken(
          `${one.method} ${spelled(one.id)} was passed on while ${waiting} others waited, of ${pendingMax} that may`,
          one.event.seq,
        );
      } else if (waiting < pendingMax && isRefused) {
        verdict.broken(
          `${one.method} ${spelled(one.id)} was refused while ${waiting} others waited, of ${pendingMax} that may`,
          one.event.seq,
        );
      }
    }
  },
);

function isWaitingAt({ event, responses }: Ours, seq: number): boolean {
  return event.seq < seq && (responses[0]?.seq ?? Infinity) > seq;
}

/** What was cancelled, or is late, may count or not; and when its server is gone a request is refused for that. */
function isUnclear(one: Ours, { ours, lines, isDisturbed }: Reading): boolean {
  const until = one.responses[0]?.seq ?? one.event.seq;
  const isGone = [...lines.values()].some(({ role, endedAt }) => role === 'server' && endedAt < until);
  if (isDisturbed || isGone) return true;
  return ours.some((other) => other.line === one.line && (other.hasTwin || other.cancelledAt < one.event.seq));
}
