/**
 * One event as one line of a tape: what came, what decided it and what followed. Names requests and exchanges by numbers of their
 * own session, since their objects are not for a file. What nearly every line says is put together as bytes, and what few lines say
 * as an object. Decides nothing, and knows nothing of files.
 */

import type { Envelope, Frame } from '../protocol/envelope.ts';
import { sizeOf } from '../protocol/envelope.ts';
import type { Decision } from '../runtime/tracer.ts';
import type { Effect } from '../session/effects.ts';
import type { FrameArrived, SessionEvent } from '../session/events.ts';
import type { Verdict } from '../session/interception.ts';
import type { SessionState } from '../session/outcomes.ts';
import type { Exchange, Via } from '../session/pending.ts';
import { type LineBytes, piece } from './line-bytes.ts';
import type { EnvelopeFacts, EventLine, TapedVerdict } from './tape-format.ts';

/** What a line cannot say by itself. */
export interface LineNames {
  /** The exchange's number in its session, and its headers where this is the first that is heard of it. */
  exchange(exchange: Exchange): { readonly number: number; readonly params?: EventLine['params'] };
  /** A message as the tape may show it. */
  text(frame: Frame): string;
  /** The same as the tape may show it. */
  shown<T>(value: T): T;
  /** The frame that waits under this number for a verdict. */
  awaited(ticket: number): Frame | undefined;
}

export interface Happened {
  readonly seq: number;
  readonly at: number;
  readonly session: number;
  readonly event: SessionEvent;
  readonly decision: Decision;
  readonly from: SessionState;
  readonly to: SessionState;
  readonly effects: readonly Effect[];
}

const said = {
  seq: piece('{"seq":'),
  at: piece(',"at":'),
  session: piece(',"session":'),
  event: piece(',"event":'),
  decision: piece(',"decision":'),
  from: piece(',"from":'),
  to: piece(',"to":'),
  direction: piece(',"direction":'),
  kind: piece(',"kind":'),
  id: piece(',"id":'),
  method: piece(',"method":'),
  ticket: piece(',"ticket":'),
  bytes: piece(',"bytes":'),
  exchange: piece(',"exchange":'),
  params: piece(',"params":'),
  viaRequest: piece(',"viaRequest":'),
  viaStatus: piece(',"viaStatus":'),
  settled: piece(',"settled":['),
  outcome: piece(',"outcome":'),
  elapsedMs: piece(',"elapsedMs":'),
  sent: piece(',"sent":['),
  first: piece('{"direction":'),
  next: piece(',{"direction":'),
  isOwn: piece(',"isOwn":true'),
  end: piece('}'),
  endOfAll: piece(']'),
} as const;

/** The line without its body and its end. */
export function writeEvent(out: LineBytes, happened: Happened, names: LineNames): void {
  const { seq, at, session, event, decision, from, to, effects } = happened;
  out.piece(said.seq);
  out.number(seq);
  out.piece(said.at);
  out.number(at);
  out.piece(said.session);
  out.number(session);
  out.piece(said.event);
  out.name(event.type);
  if (decision !== 'committed') {
    out.piece(said.decision);
    out.name(decision);
  }
  if (from !== to) {
    out.piece(said.from);
    out.name(from);
  }
  out.piece(said.to);
  out.name(to);
  if ('frame' in event) writeFrame(out, event, names);
  else out.members(factsOf(event, names));
  if ('via' in event) writeVia(out, event.via, names);
  writeSettled(out, effects);
  writeSent(out, effects);
}

function writeFrame(out: LineBytes, event: FrameArrived, names: LineNames): void {
  const { direction, frame, ticket, verdict, deliberation } = event;
  const { kind, id, method } = frame.envelope;
  out.piece(said.direction);
  out.name(direction);
  out.piece(said.kind);
  out.name(kind);
  if (id !== undefined) {
    out.piece(said.id);
    out.id(id);
  }
  if (method !== '') {
    out.piece(said.method);
    out.name(method);
  }
  out.piece(said.ticket);
  out.number(ticket);
  out.piece(said.bytes);
  out.number(sizeOf(frame));
  if (verdict === undefined) return;
  out.members({
    verdict: verdict === 'awaited' ? verdict : taped(verdict, frame, names),
    ...(deliberation?.isAside === true ? { isAside: true } : {}),
  });
}

function writeVia(out: LineBytes, via: Via | undefined, names: LineNames): void {
  if (via === undefined) return;
  if (via.exchange !== undefined) {
    const { number, params } = names.exchange(via.exchange);
    out.piece(said.exchange);
    out.number(number);
    if (params !== undefined) {
      out.piece(said.params);
      out.json(names.shown(params));
    }
  }
  if (via.request !== undefined) {
    out.piece(said.viaRequest);
    out.number(via.request.order);
  }
  if (via.status !== 0) {
    out.piece(said.viaStatus);
    out.number(via.status);
  }
}

function writeSettled(out: LineBytes, effects: readonly Effect[]): void {
  let count = 0;
  for (const effect of effects) {
    if (effect.type !== 'settled') continue;
    const { direction, id, method } = effect.entry;
    if (count === 0) out.piece(said.settled);
    out.piece(count++ === 0 ? said.first : said.next);
    out.name(direction);
    out.piece(said.id);
    out.id(id);
    out.piece(said.method);
    out.name(method);
    out.piece(said.outcome);
    out.name(effect.outcome);
    out.piece(said.elapsedMs);
    out.number(effect.elapsedMs);
    out.piece(said.end);
  }
  if (count > 0) out.piece(said.endOfAll);
}

function writeSent(out: LineBytes, effects: readonly Effect[]): void {
  let count = 0;
  for (const effect of effects) {
    if (effect.type !== 'send') continue;
    const { direction, kind, frame } = effect;
    if (count === 0) out.piece(said.sent);
    out.piece(count++ === 0 ? said.first : said.next);
    out.name(direction);
    out.piece(said.kind);
    out.name(kind);
    out.piece(said.bytes);
    out.number(effect.value === undefined ? lengthOf(effect.message) : sizeOf(frame!));
    if (frame === undefined) out.piece(said.isOwn);
    out.piece(said.end);
  }
  if (count > 0) out.piece(said.endOfAll);
}

/** What an event says that is no frame; of what came on a way of its own, without the way. */
function factsOf(event: Exclude<SessionEvent, FrameArrived>, names: LineNames): Partial<EventLine> {
  switch (event.type) {
    case 'frame.decided': {
      const { ticket, news } = event;
      return { ticket, news: typeof news === 'string' ? news : taped(news, names.awaited(ticket), names) };
    }
    case 'frame.malformed': {
      const { direction, fault, bytes } = event;
      return { direction, fault, bytes };
    }
    case 'request.expired':
      return { request: event.entry.order, id: event.entry.id, method: event.entry.method };
    case 'upstream.lost':
      return { loss: names.shown(event.loss) };
    case 'client.attached':
      return { hasOpenStream: event.hasOpenStream };
    case 'client.closed':
      return { isGone: event.isGone };
    case 'session.close':
    case 'session.expired':
      return { reason: event.reason };
    case 'session.labelled':
      return { label: event.label, isSet: event.isSet };
    case 'exchange.closed':
      return { exchange: names.exchange(event.exchange).number };
    case 'effect.failed': {
      const { effect, cause, reason, status, ticket } = event;
      const { entry } = effect;
      const direction = effect.type === 'send' ? effect.direction : effect.entry.direction;
      const kind = effect.type === 'send' ? effect.kind : 'notification';
      return {
        effect: { type: effect.type, direction, kind },
        cause,
        ...(entry === undefined ? {} : { request: entry.order, id: entry.id }),
        ...(reason === undefined ? {} : { detail: names.shown(reason) }),
        ...(status === undefined ? {} : { status }),
        ...(ticket === undefined ? {} : { ticket }),
      };
    }
    case 'upstream.ready':
    case 'session.drain':
    case 'session.ticked':
      return {};
    // A deadline of the chart's own.
    default:
      return {};
  }
}

function taped(verdict: Verdict, frame: Frame | undefined, names: LineNames): TapedVerdict {
  const { kind, steps, delayMs, isAside, labels } = verdict;
  return {
    kind,
    ...(steps.length === 0 ? {} : { steps }),
    ...(delayMs === 0 ? {} : { delayMs }),
    ...(isAside === true ? { isAside } : {}),
    ...(labels === undefined ? {} : { labels }),
    ...(verdict.kind === 'forward' && verdict.frame !== frame ? { message: names.text(verdict.frame) } : {}),
    ...(verdict.kind === 'refuse' ? { refusal: names.shown(verdict.refusal) } : {}),
    ...(verdict.kind === 'answer' ? { answer: names.shown(verdict.body) } : {}),
    ...(verdict.kind === 'drop' && verdict.fault !== undefined ? { fault: verdict.fault } : {}),
  };
}

/** What the frame says of itself besides its id and method: for a line without its body. */
export function envelopeFacts(envelope: Envelope): EnvelopeFacts {
  const { isError, progressToken, cancels, revisionClaim, asksTask } = envelope;
  return {
    ...(isError ? { isError } : {}),
    ...(progressToken === undefined ? {} : { progressToken }),
    ...(cancels === undefined ? {} : { cancels }),
    ...(revisionClaim === undefined ? {} : { revisionClaim }),
    ...(asksTask ? { asksTask } : {}),
  };
}

function lengthOf(message: readonly Uint8Array[]): number {
  let bytes = 0;
  for (const part of message) bytes += part.length;
  return bytes;
}
