/** Who listens is told what it asked for, under the id of its own request, until it is over, and nobody else is told. */

import type { Received } from '../play/history.ts';
import { acknowledged, isForListeners, isListenedFor, listenMethod, listenerOf } from '../play/listening.ts';
import { seqOf } from '../play/marks.ts';
import type { TargetFacts } from '../play/target.ts';
import { type Ours, type Reading, originOf } from './reading.ts';
import { law, spelled } from './verdict.ts';

const source = '2026-07-28, basic/utilities/subscriptions';
const appliesTo = ({ era }: TargetFacts): boolean => era === 'stateless';

export const listenOwn = law(
  {
    id: 'listen-own',
    text: 'What a listener is told names its own request, by the id that it has there, and on HTTP is in the response to it.',
    source,
    of: ['server', 'proxy'],
    appliesTo,
  },
  (reading, verdict) => {
    for (const event of reading.received) {
      if (!isTold(event, reading)) continue;
      verdict.tried();
      const { message, seq, via } = event;
      const told = spelled(listenerOf(message));
      const [named] = namedBy(event, reading);
      const origin = originOf(message, reading);
      if (named === undefined) {
        verdict.broken(`${wordOf(message)} is for the listener ${told}, and nobody listens under that id`, seq);
      } else if (origin !== undefined && origin !== named && !named.hasTwin) {
        verdict.broken(
          `${wordOf(message)} for the listener ${spelled(origin.id)} was told to ${told}`,
          named.event.seq,
          origin.event.seq,
          seq,
        );
      } else if (via !== undefined && !namedBy(event, reading).some(({ event: { seq: own } }) => own === via)) {
        verdict.broken(`${wordOf(message)} came in the HTTP response to another message`, named.event.seq, via, seq);
      }
    }
  },
);

export const listenAsked = law(
  {
    id: 'listen-asked',
    text: 'A listener is told what it has asked for alone, and first of all that it is listened to.',
    source,
    of: ['server', 'proxy'],
    appliesTo,
  },
  (reading, verdict) => {
    const begun = new Set<Ours>();
    for (const event of reading.received) {
      const { message, seq } = event;
      const { method } = message;
      const [named] = namedBy(event, reading);
      if (method === undefined || named === undefined || named.hasTwin) continue;
      verdict.tried();
      const listening = `${named.method} ${spelled(named.id)}`;
      if (!isListenedFor(method, named.event.message.params)) {
        verdict.broken(`${listening} was told of ${method}, and has not asked for it`, named.event.seq, seq);
      } else if (!begun.has(named) && method !== acknowledged) {
        verdict.broken(`${listening} was told of ${method} before it was acknowledged`, named.event.seq, seq);
      }
      begun.add(named);
    }
  },
);

export const listenKept = law(
  {
    id: 'listen-kept',
    text: 'What a server tells a listener reaches it.',
    source,
    of: ['proxy'],
    appliesTo,
  },
  (reading, verdict) => {
    const arrived = new Set(reading.received.map(({ message }) => seqOf(message)));
    const { settledAt, killedAt, dropped } = reading;
    for (const { seq, about, message } of reading.sent) {
      const copy = about === undefined ? undefined : reading.theirsAt(about);
      const origin = copy?.origin;
      if (copy?.method !== listenMethod || origin === undefined || message.method === undefined) continue;
      const isOver = Math.min(origin.cancelledAt, origin.line.endedAt, copy.line.endedAt, killedAt) < settledAt;
      const isLate =
        seq > settledAt || Math.min(copy.answers[0]?.seq ?? Infinity, copy.cancels[0]?.seq ?? Infinity) < seq;
      const isRefused = origin.responses.some((response) => originOf(response.message, reading) !== origin);
      if (isOver || isLate || isRefused || origin.hasTwin || origin.isDuplicated || dropped.has(seq)) continue;
      verdict.tried();
      if (arrived.has(seq)) continue;
      verdict.broken(
        `${message.method} never reached ${origin.method} ${spelled(origin.id)}`,
        origin.event.seq,
        seq,
        settledAt,
      );
    }
  },
);

export const listenOver = law(
  {
    id: 'listen-over',
    text: 'A listener that was answered or cancelled is told nothing more.',
    source: `${source}; basic/utilities/cancellation`,
    of: ['server', 'proxy'],
    appliesTo,
  },
  (reading, verdict) => {
    for (const one of reading.ours) {
      if (one.method !== listenMethod || one.hasTwin || one.isDuplicated) continue;
      const over = overAt(one, reading);
      if (over === Infinity) continue;
      verdict.tried();
      const late = reading.received.find(
        (event) => event.message.method !== undefined && isToldAfter(event, one, over, reading),
      );
      if (late === undefined) continue;
      verdict.broken(
        `${one.method} ${spelled(one.id)} is over, and was told of ${late.message.method}`,
        one.event.seq,
        over,
        late.seq,
      );
    }
  },
);

/** From when on nothing may be said any more: what was on its way when its client cancelled it may still come. */
function overAt({ responses, cancelledAt }: Ours, { settledAt }: Reading): number {
  const answeredAt = responses[0]?.seq ?? Infinity;
  return Math.min(answeredAt, cancelledAt < settledAt ? cancelledAt : Infinity);
}

function isToldAfter(event: Received, one: Ours, over: number, reading: Reading): boolean {
  if (event.seq < over || !namedBy(event, reading).includes(one)) return false;
  if (over !== one.cancelledAt) return true;
  // Its server had been told: whoever has told it knows that nothing is wanted any more.
  const saidAt = seqOf(event.message) ?? -1;
  return one.copies.some(({ cancels }) => (cancels[0]?.seq ?? Infinity) < saidAt);
}

/** It is for a listener, by what it says or by what it is. */
function isTold(event: Received, reading: Reading): boolean {
  const { message, connection } = event;
  if (reading.lines.get(connection)?.role !== 'client') return false;
  if (message.method !== undefined) return listenerOf(message) !== undefined || isForListeners(message.method);
  return (
    listenerOf(message) !== undefined ||
    (message.result !== undefined && originOf(message, reading)?.method === listenMethod)
  );
}

/** Those who listen under the id that it names: one, unless a client uses an id again. On HTTP the one in whose exchange it came is first. */
function namedBy({ message, connection, seq, via }: Received, { ours }: Reading): readonly Ours[] {
  const id = listenerOf(message);
  if (id === undefined) return [];
  const all = ours.filter(
    (one) => one.method === listenMethod && one.line.connection === connection && one.id === id && one.event.seq < seq,
  );
  return all.length < 2
    ? all
    : [...all.filter(({ event }) => event.seq === via), ...all.filter(({ event }) => event.seq !== via).toReversed()];
}

const wordOf = ({ method }: Received['message']): string => method ?? 'The result';
