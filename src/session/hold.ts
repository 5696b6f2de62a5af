/**
 * Frames that have to wait, and what happens when their turn comes. A request is accepted when it is held: it counts
 * against the limits, it can be cancelled and can time out while it waits. A response that is held keeps its request
 * waiting. Holding is bounded; what finds no room is refused, never dropped silently.
 */

import { admit, heldFull, newEntry, refuseEntry } from './admission.ts';
import type { EffectFailed, FrameDecided, NotificationArrived, RequestArrived, ResponseArrived } from './events.ts';
import { countFrame, passNotification, releaseRequest } from './forward.ts';
import type { SendEffect } from './effects.ts';
import type { HeldFrame } from './held.ts';
import type { Verdict } from './interception.ts';
import { hasRoom, insertHeld, isReaderAway, removeHeld } from './queue.ts';
import type { SessionRecord } from './record.ts';
import { countStray, findAnswered, settleAnswered, settleWithError } from './settle.ts';

export function holdRequest(record: SessionRecord, event: RequestArrived): void {
  countFrame(record, event.direction, event.frame);
  if (!hasRoom(record, event.frame.bytes.length)) {
    refuseEntry(record, newEntry(record, event, 'held'), heldFull(record, event.frame.bytes.length));
    return;
  }
  const entry = admit(record, event, 'held');
  if (entry !== undefined) insertHeld(record, event, entry);
}

export function holdNotification(record: SessionRecord, event: NotificationArrived): void {
  countFrame(record, event.direction, event.frame);
  if (hasRoom(record, event.frame.bytes.length)) insertHeld(record, event, undefined);
  else {
    record.unit.count('refusedHeld');
    record.unit.count('dropped');
  }
}

export function holdResponse(record: SessionRecord, event: ResponseArrived): void {
  const { unit } = record;
  const { direction, frame } = event;
  countFrame(record, direction, frame);
  const { id } = frame.envelope;
  const entry = id === undefined ? undefined : findAnswered(record, direction, id);
  if (id !== undefined && (entry === undefined || entry.state === 'answering')) {
    if (entry === undefined) countStray(record, direction, id);
    else unit.count('duplicateResponses');
    return;
  }
  if (!hasRoom(record, frame.bytes.length)) {
    const why = heldFull(record, frame.bytes.length);
    if (entry === undefined) unit.count('dropped');
    else settleWithError(record, entry, 'refused', why);
    return;
  }
  insertHeld(record, event, entry);
  if (entry !== undefined) {
    unit.later(() => {
      entry.state = 'answering';
    });
  }
}

/** The server has certainly not seen this request, and may come back: it can wait for that. */
export function mayBeSentAgain(record: SessionRecord, { effect, cause, ticket }: EffectFailed): boolean {
  if (cause !== 'unsent' || ticket === undefined || effect.type !== 'send') return false;
  const { entry, frame } = effect;
  if (entry === undefined || frame === undefined || entry.isOwn || entry.isTaken || entry.state !== 'open')
    return false;
  return hasRoom(record, frame.bytes.length);
}

/** Holds a request again that did not reach the server, until the server is back or lost for good. */
export function holdAgain(record: SessionRecord, event: EffectFailed): void {
  const { entry, frame, direction } = event.effect as SendEffect;
  const { at, ticket } = event;
  const arrival = { type: 'frame.request', at, direction, frame: frame!, ticket: ticket!, verdict: undefined } as const;
  insertHeld(record, arrival, entry);
  record.unit.later(() => {
    entry!.state = 'held';
  });
}

/** The frame of a `frame.decided` event cannot leave yet: undecided, delayed, behind another, or its reader is away. */
export function isStillWaiting(record: SessionRecord, event: FrameDecided): boolean {
  const held = record.held.find(event.ticket);
  if (held === undefined) return true;
  const verdict = verdictAfter(held, event);
  if (verdict === undefined) return true;
  const isDelayOver = event.news === 'delay-over' || held.isDelayOver || verdict.delayMs === 0;
  const hasVerdictNow = typeof event.news === 'object' && event.news.delayMs > 0;
  if (!isDelayOver || hasVerdictNow) return true;
  if (!held.isAside && record.held.first(held.direction) !== held) return true;
  return isReaderAway(record, held.direction) && held.frame.envelope.kind !== 'response';
}

function verdictAfter(held: HeldFrame, event: FrameDecided): Verdict | undefined {
  return typeof event.news === 'object' ? event.news : held.verdict;
}

/** Remembers what became known about a frame that has to wait on. News about a frame that is gone changes nothing. */
export function noteNews(record: SessionRecord, event: FrameDecided): void {
  const held = record.held.find(event.ticket);
  if (held === undefined) return;
  const { news, at } = event;
  if (news === 'turn') return;
  record.unit.later(() => {
    if (news === 'delay-over') held.isDelayOver = true;
    else {
      held.verdict = news;
      held.isDelayOver = news.delayMs === 0;
      if (news.delayMs > 0) record.surroundings.alarms.set(held, at + news.delayMs);
      else record.surroundings.alarms.clear(held);
    }
  });
}

/**
 * The frame's turn has come: it does what its kind does, and leaves its queue. Where that settles the request, the settling
 * takes the held frame with it.
 */
export function releaseHeld(record: SessionRecord, event: FrameDecided): void {
  const held = record.held.find(event.ticket)!;
  const verdict = verdictAfter(held, event)!;
  switch (held.frame.envelope.kind) {
    case 'request':
      releaseRequest(record, held.entry!, verdict);
      if (verdict.kind === 'forward' || verdict.kind === 'drop') removeHeld(record, held);
      return;
    case 'notification':
      passNotification(record, held.direction, held.frame, verdict, held.via);
      removeHeld(record, held);
      return;
    case 'response':
      if (held.entry === undefined) removeHeld(record, held);
      settleAnswered(record, held.direction, held.frame, verdict, held.via);
  }
}
