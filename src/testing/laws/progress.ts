/** Progress comes under a token that was given, before the response, and all of it. */

import { seqOf } from '../play/marks.ts';
import type { Ours, Reading, Theirs } from './reading.ts';
import { law, spelled } from './verdict.ts';

export const progressKnown = law(
  {
    id: 'progress-known',
    text: 'Progress comes for a request that asked for it, under its token, and not after its response.',
    source: '2025-11-25, basic/utilities/progress',
    of: ['server', 'proxy', 'client'],
  },
  (reading, verdict, facts) => {
    for (const event of reading.received) {
      const { message, connection, seq, via } = event;
      if (message.method !== 'notifications/progress') continue;
      verdict.tried();
      const token = message.params?.['progressToken'];
      const asked = reading.ours.filter(
        (one) => one.line.connection === connection && one.token === token && one.event.seq < seq,
      );
      const told = toldOf(event, reading);
      if (token === undefined || asked.length === 0) {
        verdict.broken(`Progress came under the token ${spelled(token)}, which was never given`, seq);
      } else if (told?.origin !== undefined && !asked.includes(told.origin)) {
        verdict.broken(`Progress came under the token of another request, ${spelled(token)}`, told.event.seq, seq);
      } else if (asked.every((one) => isOver(one, seq, via, facts.isHttp))) {
        const last = asked.at(-1)?.responses[0];
        verdict.broken(`Progress came after the response to its request`, ...(last ? [last.seq] : []), seq);
      }
    }
  },
);

export const progressKept = law(
  {
    id: 'progress-kept',
    text: 'Who asked for progress is asked on behalf of for it, and all progress that a server tells before its response arrives.',
    source: 'No specification: a proxy that loses it makes long calls look dead',
    isNote: true,
    of: ['proxy'],
  },
  (reading, verdict) => {
    const arrived = new Set(reading.received.map(({ message }) => seqOf(message)));
    for (const copy of reading.theirs) {
      const { origin, token, event } = copy;
      if (origin?.token === undefined || origin.isDuplicated || origin.hasTwin) continue;
      verdict.tried();
      if (token === undefined) {
        verdict.broken(
          `${origin.method} ${spelled(origin.id)} asked for progress, and its server was not asked for it`,
          origin.event.seq,
          event.seq,
        );
      }
      for (const told of copy.progress) {
        if (arrived.has(told.seq) || !mustArrive(copy, origin, told.seq, reading)) continue;
        verdict.broken(
          `Progress of ${origin.method} ${spelled(origin.id)} never arrived`,
          origin.event.seq,
          told.seq,
          reading.settledAt,
        );
      }
    }
  },
);

/** Cancelled, answered otherwise, lost on the way or cut off: then it need not. */
function mustArrive({ line, answers }: Theirs, origin: Ours, toldAt: number, reading: Reading): boolean {
  const { settledAt, killedAt, dropped } = reading;
  const isUnwanted = origin.cancelledAt < settledAt || (origin.responses[0]?.seq ?? Infinity) < toldAt;
  const isGone = Math.min(origin.line.endedAt, line.endedAt, killedAt) < settledAt;
  const isLate = (answers[0]?.seq ?? Infinity) < toldAt;
  return toldAt < settledAt && !isUnwanted && !isGone && !isLate && !dropped.has(toldAt);
}

/** On HTTP what came on another stream than the response may have been said before it; and of twins nobody knows whose response it is. */
function isOver(
  { responses, event, isDuplicated, hasTwin }: Ours,
  seq: number,
  via: number | undefined,
  isHttp: boolean,
): boolean {
  const response = responses[isDuplicated ? 1 : 0];
  if (response === undefined || response.seq > seq || hasTwin) return false;
  return !isHttp || (via !== undefined && (via === response.via || via === event.seq));
}

/** The request that our server told this progress of, by its mark. */
function toldOf({ message }: { readonly message: Parameters<typeof seqOf>[0] }, reading: Reading): Theirs | undefined {
  const mark = seqOf(message);
  const about = mark === undefined ? undefined : reading.sentAt(mark)?.about;
  return about === undefined ? undefined : reading.theirsAt(about);
}
