/**
 * The order of held frames. A frame leaves its queue only at the head, so that what one peer sent arrives in the order in
 * which it was sent. Cancellations, pings and responses may pass what is held; a response not the progress of its request.
 */

import { keptFrame, opposite, type Direction, type Frame } from '../protocol/envelope.ts';
import { idKey } from '../protocol/ids.ts';
import { methodRow } from '../protocol/methods.ts';
import type { FrameArrived } from './events.ts';
import { HeldFrame } from './held.ts';
import type { PendingEntry } from './pending.ts';
import type { SessionRecord } from './record.ts';

/** The frame cannot go on now: undecided, delayed, its reader is away for a while, or others of its direction wait. */
export function hasToWait(record: SessionRecord, event: FrameArrived): boolean {
  const { verdict, direction, frame } = event;
  if (verdict === 'awaited' || (verdict !== undefined && verdict.delayMs > 0)) return true;
  if (isReaderAway(record, direction))
    return frame.envelope.kind !== 'response' && frame.envelope.cancels === undefined;
  return record.held.size > 0 && record.held.queue(direction).size > 0 && !mayPass(record, direction, frame);
}

/** The upstream is away and may come back. A client that went away does not come back on a connection. */
export function isReaderAway(record: SessionRecord, direction: Direction): boolean {
  return direction === 'client-to-server' && !record.isUpstreamReady;
}

function mayPass(record: SessionRecord, direction: Direction, frame: Frame): boolean {
  const { kind, cancels, id, method } = frame.envelope;
  if (kind === 'notification') return cancels !== undefined;
  if (kind === 'request') return methodRow(method)?.isPing === true;
  if (id === undefined) return true;
  const token = record.pending.get(opposite(direction), idKey(0, id))?.progressToken;
  if (token === undefined) return true;
  for (const held of record.held.queue(direction).values()) {
    if (held.frame.envelope.kind === 'notification' && held.frame.envelope.progressToken === token) return false;
  }
  return true;
}

/** The queue has room for one more frame of this size. */
export function hasRoom(record: SessionRecord, bytes: number): boolean {
  const { held, surroundings } = record;
  const { heldFramesPerSession, heldBytesPerSession } = surroundings.limits;
  const hasOwnRoom = held.size < heldFramesPerSession && held.bytes + bytes <= heldBytesPerSession;
  return hasOwnRoom && surroundings.ledger.buffers.hasRoomFor(held.bytes, bytes);
}

/** Stages the frame at the end of its queue, with bytes of its own. */
export function insertHeld(record: SessionRecord, event: FrameArrived, entry: PendingEntry | undefined): void {
  const verdict = event.verdict === 'awaited' ? undefined : event.verdict;
  const frame = keptFrame(event.frame);
  const forwardAsIs = { kind: 'forward', frame, delayMs: 0, steps: [] } as const;
  const known = event.verdict === undefined ? forwardAsIs : verdict;
  const { ticket, direction, deliberation, via } = event;
  const held = new HeldFrame(record.id, ticket, direction, frame, entry, known, deliberation, via);
  record.unit.count('held');
  record.unit.later(() => {
    record.held.insert(held);
    record.surroundings.ledger.buffers.add(frame.bytes.length);
    if (!held.isDecided) {
      const { alarms, times } = record.surroundings;
      alarms.set(held, event.at + (known === undefined ? times.interceptorMs : known.delayMs));
    }
  });
}

/**
 * Stages the removal of a held frame. Who is the head then gets its turn: which frame that is shows only after the commit,
 * because the same unit of work may remove others.
 */
export function removeHeld(record: SessionRecord, held: HeldFrame): void {
  const { direction } = held;
  record.unit.later(() => {
    record.surroundings.ledger.buffers.add(-record.held.remove(held));
    record.surroundings.alarms.clear(held);
  });
  const { size } = record.held.queue(direction);
  if (size > 1 && record.held.first(direction) === held) record.unit.effect({ type: 'release', direction });
  if (direction === 'client-to-server' && record.isClientInputClosed && !record.held.hasOthers(held)) {
    record.unit.effect({ type: 'close-server-input' });
  }
}

/** A frame that the client sent waits here, and will go on in its own time. */
export function holdsFromClient(record: SessionRecord): boolean {
  return record.held.all().some((held) => held.direction === 'client-to-server' && held.entry?.isTaken !== true);
}

/** The upstream is back, or nothing holds the queue any more: the heads of both queues get their turn. */
export function wakeQueues(record: SessionRecord): void {
  for (const direction of ['client-to-server', 'server-to-client'] as const) {
    if (record.held.heads(direction).length > 0) record.unit.effect({ type: 'release', direction });
  }
}
