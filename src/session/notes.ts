/** Small facts about a session's connections and labels, noted when they happen. */

import type { ClientClosed, SessionClose, SessionEvent, SessionExpired } from './events.ts';
import type { EndReason } from './outcomes.ts';
import type { SessionRecord } from './record.ts';
import { refusal } from '../errors.ts';
import { changeLabel } from './labels.ts';
import { holdsFromClient } from './queue.ts';
import { settleEntry, settleWithError } from './settle.ts';

type Labelled = Extract<SessionEvent, { type: 'session.labelled' }>;
type Attached = Extract<SessionEvent, { type: 'client.attached' }>;

export function noteUpstreamReady(record: SessionRecord): void {
  record.unit.later(() => {
    record.isUpstreamReady = true;
  });
}

export function noteUpstreamDown(record: SessionRecord): void {
  record.unit.later(() => {
    record.isUpstreamReady = false;
  });
}

export function noteAttached(record: SessionRecord, event: Attached): void {
  record.unit.later(() => {
    record.hasOpenStream = event.hasOpenStream;
  });
}

export function noteClientGone(record: SessionRecord): void {
  record.unit.later(() => {
    record.isClientGone = true;
    record.isClientInputClosed = true;
  });
}

/**
 * The client will not answer any more: what the server asked it is settled, what it asked the server may still end well. The
 * server reads the end of its input after everything that the client had sent, held frames included.
 */
export function noteClientInputClosed(record: SessionRecord, _event: ClientClosed): void {
  const why = refusal('SESSION_NOT_FOUND', { reason: 'client-gone' });
  for (const entry of record.unit.entries()) {
    if (entry.direction === 'server-to-client') settleWithError(record, entry, 'client-gone', why);
  }
  record.unit.later(() => {
    record.isClientInputClosed = true;
  });
  if (!holdsFromClient(record)) record.unit.effect({ type: 'close-server-input' });
}

export function noteLabel(record: SessionRecord, event: Labelled): void {
  changeLabel(record, event);
}

/**
 * No new requests from here on; the session ends when the last one has its outcome. What waits for an upstream that is away
 * was never sent, and is refused at once rather than at the deadline. Answers to what we asked ourselves nobody needs now.
 */
export function startDraining(record: SessionRecord): void {
  record.unit.drain();
  const isUpstreamAway = !record.isUpstreamReady;
  for (const entry of record.unit.entries()) {
    if (entry.direction !== 'client-to-server') continue;
    if (entry.isOwn) settleEntry(record, entry, 'cancelled');
    else if (isUpstreamAway && entry.state === 'held') {
      settleWithError(record, entry, 'refused', refusal('DRAINING', { executed: 'no', reason: 'draining' }));
    }
  }
}

/** Why the session ends; what ends it at last has the word. */
export function endAs(reason: EndReason): (record: SessionRecord) => void {
  return (record) => record.unit.end(reason);
}

/** The reason that the event itself names. */
export function endAsAsked(record: SessionRecord, event: SessionClose | SessionExpired): void {
  record.unit.end(event.reason);
}

/** Draining came to its good end; why it began is the better reason where one was given. */
export function endAsDrained(record: SessionRecord): void {
  if (record.unit.endReason === undefined) record.unit.end('drained');
}
