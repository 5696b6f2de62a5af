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
    if (reading.isDisturbed) return;
    for (const one of reading.ours) {
      const onLine = reading.ours.filter(({ line }) => line === one.line);
      if (one.line.role !== 'client' || onLine.some(({ hasTwin }) => hasTwin)) continue;
      const since = lostBefore(one, reading);
      const waiting = onLine.filter((other) => isWaitingAt(other, one.event.seq));
      const certain = waiting.filter((other) => other.event.seq > since && other.cancelledAt > one.event.seq);
      const isRefused = one.copies.length === 0 && one.responses[0]?.message.error !== undefined;
      const isReached = since < 0 || onLine.some((other) => isPassedOn(other, since, one.event.seq));
      if (waiting.length >= pendingMax - 1) verdict.tried();
      if (certain.length >= pendingMax && one.copies.length > 0) {
        verdict.broken(
          `${one.method} ${spelled(one.id)} was passed on while ${certain.length} others waited, of ${pendingMax} that may`,
          one.event.seq,
        );
      } else if (waiting.length < pendingMax && isRefused && isReached && one.cancelledAt === Infinity) {
        verdict.broken(
          `${one.method} ${spelled(one.id)} was refused while ${waiting.length} others waited, of ${pendingMax} that may`,
          one.event.seq,
        );
      }
    }
  },
);

/** What was cancelled, or waited at a server that was lost since, may count or not. */
function isWaitingAt({ event, responses }: Ours, seq: number): boolean {
  return event.seq < seq && (responses[0]?.seq ?? Infinity) > seq;
}

/** The last loss of a server before it came out at one or was answered; -1: there was none. */
function lostBefore({ event, copies, responses }: Ours, { lines }: Reading): number {
  const until = Math.max(event.seq, copies[0]?.event.seq ?? -1, responses[0]?.seq ?? -1);
  const losses = [...lines.values()].map(({ role, endedAt }) => (role === 'server' && endedAt < until ? endedAt : -1));
  return Math.max(-1, ...losses);
}

/** Its client has a server since: who asks after that is not refused because there is none. */
function isPassedOn({ copies }: Ours, from: number, until: number): boolean {
  return copies.some(({ event }) => event.seq > from && event.seq < until);
}
