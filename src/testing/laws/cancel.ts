/** A cancellation reaches whoever works on the request, names it as it is known there, and ends what waits for it. */

import { seqOf } from '../play/marks.ts';
import type { Ours, Reading, Theirs } from './reading.ts';
import { law, spelled } from './verdict.ts';

export const cancelPassedOn = law(
  {
    id: 'cancel-passed-on',
    text: 'A request that its client has cancelled is cancelled at its server, under the id that it has there.',
    source: '2025-11-25, basic/utilities/cancellation',
    of: ['proxy'],
  },
  (reading, verdict) => {
    for (const one of reading.ours) {
      if (one.line.role !== 'client' || one.hasTwin || one.isDuplicated) continue;
      for (const copy of one.copies) {
        if (!mustBeCancelled(one, copy, reading)) continue;
        verdict.tried();
        if (copy.cancels.length > 0) continue;
        verdict.broken(
          `${one.method} ${spelled(one.id)} was cancelled, and its server was not told`,
          one.event.seq,
          one.cancelledAt,
          reading.settledAt,
        );
      }
    }
  },
);

export const cancelOwn = law(
  {
    id: 'cancel-own',
    text: 'A cancellation names a request that was made on its connection, and that nobody waits for any more.',
    source: '2025-11-25, basic/utilities/cancellation, Behavior Requirements',
    of: ['proxy', 'client'],
  },
  (reading, verdict) => {
    for (const stray of reading.strayCancels) {
      verdict.tried();
      const named = spelled(stray.message.params?.['requestId']);
      verdict.broken(`A cancellation names ${named}, and nothing was asked under that id`, stray.seq);
    }
    for (const { origin, cancels } of reading.theirs) {
      for (const cancel of cancels) {
        verdict.tried();
        const meant = meantBy(cancel.message, reading);
        const isWanted =
          origin?.cancelledAt === Infinity &&
          !origin.hasTwin &&
          origin.responses.length === 0 &&
          origin.line.endedAt > reading.settledAt;
        if (origin !== undefined && meant !== undefined && meant !== origin && !meant.hasTwin) {
          verdict.broken(
            'A cancellation names another request than its client has cancelled',
            meant.event.seq,
            cancel.seq,
          );
        } else if (origin !== undefined && isWanted && reading.settledAt > cancel.seq) {
          verdict.broken(
            `${origin.method} ${spelled(origin.id)} was cancelled at its server, and its client still waits`,
            origin.event.seq,
            cancel.seq,
          );
        }
      }
    }
  },
);

export const cancelEndsExchange = law(
  {
    id: 'cancel-ends-exchange',
    text: 'On HTTP the response to a request that was cancelled comes to its end.',
    source: 'No specification: servers that forget it keep connections open for ever',
    isNote: true,
    of: ['server', 'proxy'],
    appliesTo: ({ isHttp, era }) => isHttp && era === 'session',
  },
  (reading, verdict) => {
    for (const one of reading.ours) {
      const { cancelledAt, line, ended, event, hasTwin } = one;
      const isOpen = line.endedAt > reading.settledAt && reading.killedAt > reading.settledAt;
      if (line.role !== 'client' || cancelledAt > reading.settledAt || !isOpen || hasTwin) continue;
      if (reading.dropped.has(cancelledAt) || mayBeOvertaken(one)) continue;
      verdict.tried();
      if (ended === undefined) {
        verdict.broken(
          `${one.method} ${spelled(one.id)} was cancelled, and the HTTP response to it stays open`,
          event.seq,
          cancelledAt,
          reading.settledAt,
        );
      }
    }
  },
);

/** Passed on after the cancellation was said, as if it were wanted: on HTTP the cancellation may have come first, and named nothing then. */
function mayBeOvertaken({ copies, cancelledAt }: Ours): boolean {
  return copies.some(
    ({ event, answers, cancels }) => event.seq > cancelledAt && answers.length === 0 && cancels.length === 0,
  );
}

/** It was there when the cancellation came, nobody has answered it, and its server is still there to be told. */
function mustBeCancelled(one: Ours, { event, line, answers }: Theirs, reading: Reading): boolean {
  const { cancelledAt } = one;
  const { settledAt, killedAt, dropped } = reading;
  const isOver = answers.length > 0 || (one.responses[0]?.seq ?? Infinity) < cancelledAt;
  const isGone = Math.min(line.endedAt, one.line.endedAt, killedAt) < settledAt;
  return cancelledAt < settledAt && event.seq < cancelledAt && !isOver && !isGone && !dropped.has(cancelledAt);
}

/** The request of ours that the cancellation was about when it was said, by its mark. */
function meantBy(message: Parameters<typeof seqOf>[0], { sentAt, oursAt }: Reading): Ours | undefined {
  const mark = seqOf(message);
  const about = mark === undefined ? undefined : sentAt(mark)?.about;
  return about === undefined ? undefined : oursAt(about);
}
