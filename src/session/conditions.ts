/**
 * The guards of the session chart: one question each about the record and the event, answered without changing anything.
 */

import { opposite, type Frame } from '../protocol/envelope.ts';
import { idKey } from '../protocol/ids.ts';
import { methodRow } from '../protocol/methods.ts';
import { eraOf } from '../protocol/revisions.ts';
import { expiryOf } from './deadlines.ts';
import type {
  ClientClosed,
  EffectFailed,
  FrameArrived,
  FrameDecided,
  RequestExpired,
  SessionExpired,
  UpstreamLost,
} from './events.ts';
import type { PendingEntry } from './pending.ts';
import { isReaderAway } from './queue.ts';
import type { SessionRecord } from './record.ts';

/** A client's request of the modern era opens a session by itself: there is no handshake to wait for. */
export function isModernRequest(_record: SessionRecord, event: FrameArrived): boolean {
  const { envelope } = event.frame;
  if (event.direction !== 'client-to-server') return false;
  return eraOf(envelope) === 'modern' && envelope.method !== 'server/discover';
}

/**
 * A draining session still takes what helps to finish: the server's questions, and pings that reach their server. All else
 * is new work.
 */
export function isNewWork(record: SessionRecord, event: FrameArrived): boolean {
  if (event.direction === 'server-to-client') return false;
  return methodRow(event.frame.envelope.method)?.isPing !== true || isReaderAway(record, event.direction);
}

/** A server that answers a request serves: after the handshake, or without one where there is none. */
export function isServing(record: SessionRecord, event: FrameArrived | FrameDecided): boolean {
  const answer = answerIn(record, event);
  return (
    answer !== undefined &&
    answer.isSuccess &&
    answer.entry.method !== 'ping' &&
    answer.entry.method !== 'server/discover'
  );
}

/** The server agreed to shut down. Only its profile says which method means that. */
export function isShutdownAgreed(record: SessionRecord, event: FrameArrived | FrameDecided): boolean {
  const { shutdownMethods } = record.profile;
  if (shutdownMethods.length === 0) return false;
  const answer = answerIn(record, event);
  return answer !== undefined && answer.isSuccess && shutdownMethods.includes(answer.entry.method);
}

interface Answer {
  readonly entry: PendingEntry;
  readonly isSuccess: boolean;
}

/** The server's answer that an event lets through, with the request it answers. */
function answerIn(record: SessionRecord, event: FrameArrived | FrameDecided): Answer | undefined {
  if (event.type === 'frame.decided') {
    const held = record.held.find(event.ticket);
    const verdict = typeof event.news === 'object' ? event.news : held?.verdict;
    if (held?.entry === undefined || held.frame.envelope.kind !== 'response') return undefined;
    return held.direction === 'server-to-client' && verdict?.kind === 'forward'
      ? answerOf(held.entry, verdict.frame)
      : undefined;
  }
  const { direction, frame, verdict } = event;
  if (direction !== 'server-to-client' || frame.envelope.id === undefined) return undefined;
  if (verdict !== undefined && (verdict === 'awaited' || verdict.kind !== 'forward')) return undefined;
  const entry = record.pending.get(opposite(direction), idKey(0, frame.envelope.id));
  return entry?.state === 'open' ? answerOf(entry, verdict?.frame ?? frame) : undefined;
}

function answerOf(entry: PendingEntry, frame: Frame): Answer {
  return { entry, isSuccess: !frame.envelope.isError };
}

/** The server did not answer `initialize` in time: there is no session to keep. */
export function isHandshakeExpired(record: SessionRecord, event: RequestExpired): boolean {
  const { entry } = event;
  if (entry.method !== 'initialize' || entry.direction !== 'client-to-server' || entry.isTaken) return false;
  return expiryOf(entry, record.idleClock, event.at) !== undefined;
}

export function isFinalLoss(_record: SessionRecord, event: UpstreamLost): boolean {
  return !event.loss.willRestart;
}

export function isClientGone(_record: SessionRecord, event: ClientClosed): boolean {
  return event.isGone;
}

/** The session's last wish is fulfilled: nobody can ask any more, and everything asked has its outcome. */
export function isDrained(record: SessionRecord): boolean {
  return record.unit.isDraining && record.unit.waiting('client-to-server') === 0;
}

/**
 * The buffer of a peer that does not read had no room for an answer or a notification. Its reader would wait for ever for
 * what no peer sends twice, so the session cannot go on. A request is refused instead, and who asked is told.
 */
export function isMessageLost(_record: SessionRecord, { effect, cause }: EffectFailed): boolean {
  return cause === 'buffer-full' && effect.type === 'send' && effect.entry === undefined;
}

/** Activity after the timer was set keeps the session. */
export function isStillExpired(record: SessionRecord, event: SessionExpired): boolean {
  const { sessionIdleMs, sessionAgeMs } = record.surroundings.times;
  return event.reason === 'age'
    ? event.at - record.openedAt >= sessionAgeMs
    : !record.isBusy && event.at - record.lastFrameAt >= sessionIdleMs;
}
