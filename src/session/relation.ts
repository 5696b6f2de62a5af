/**
 * Which of a client's exchanges a server's message belongs to (R17, R18). A server on HTTP says so by the response in which
 * the message comes; one behind a pipe does not, and then a name in the message tells, or the one request that waits. Never
 * a guess: a message that could belong to several belongs to none, and goes to the client at large.
 */

import type { Direction, Frame, RequestId } from '../protocol/envelope.ts';
import { idKey } from '../protocol/ids.ts';
import { subscriptionIdOf } from '../protocol/rewrite.ts';
import { counterIndex } from './counters.ts';
import { ownName } from './own-name.ts';
import type { Exchange, Passage, PendingEntry, Via } from './pending.ts';
import type { SessionRecord } from './record.ts';

/** The notifications by which a server reports on what it is doing for somebody. All others concern the whole session. */
const causedMethods: ReadonlySet<string> = new Set(['notifications/message', 'notifications/cancelled']);

/** The exchange that a request or notification travels in; none where its session has no exchanges. */
export function exchangeOf(
  record: SessionRecord,
  direction: Direction,
  frame: Frame,
  via: Via | undefined,
): Exchange | undefined {
  if (!record.hasExchanges) return undefined;
  if (direction === 'client-to-server') return via?.exchange;
  return requestBehind(record, frame, via)?.exchange;
}

/** The client's request that a server's request or notification is about. */
export function requestBehind(record: SessionRecord, frame: Frame, via: Via | undefined): PendingEntry | undefined {
  const { kind, method, progressToken } = frame.envelope;
  if (kind === 'notification') {
    const named = progressToken === undefined ? subscriptionBehind(record, frame) : undefined;
    if (named !== undefined) return named;
  }
  if (via !== undefined) return via.request?.isTaken === false ? via.request : undefined;
  return kind === 'request' || causedMethods.has(method) ? record.pending.sole() : undefined;
}

/** The stream that a notification is tagged with (2026-07-28, basic/utilities/subscriptions). */
export function subscriptionBehind(record: SessionRecord, frame: Frame): PendingEntry | undefined {
  const id = subscriptionIdOf(frame);
  return id === undefined ? undefined : record.unit.find('client-to-server', idKey(0, id));
}

/**
 * What a request is called on its way. One whose id could meet its like, in another exchange or at a shared server, is sent
 * on under the number of its frame, counted from where the ids of its session begin (R7, R8). One whose id might still be
 * answered on behalf of an earlier request goes on under a name of ours: its answer must not be that one's (P4).
 */
export function passageOf(
  record: SessionRecord,
  direction: Direction,
  id: RequestId,
  requesterToken: RequestId | undefined,
  exchange: Exchange | undefined,
  ticket: number,
): Passage | undefined {
  if (direction === 'client-to-server' && record.renamesRequests) {
    return { exchange, sentId: record.idBase + ticket, requesterToken };
  }
  if (mayBeAnsweredTwice(record, direction, id))
    return { exchange, sentId: ownName(record, record.version), requesterToken };
  return record.renamesRequests ? { exchange, sentId: id, requesterToken } : undefined;
}

/** A server that came after a lost one counts its questions from the beginning, and the client has seen those ids. */
function mayBeAnsweredTwice(record: SessionRecord, direction: Direction, id: RequestId): boolean {
  if (record.abandoned?.has(direction, idKey(0, id)) === true) return true;
  return direction === 'server-to-client' && record.counts[counterIndex.upstreamLosses]! > 0;
}
