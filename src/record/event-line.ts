/**
 * One event as one line of a tape: what came, what decided it and what followed. Names requests and exchanges by numbers of their
 * own session, since their objects are not for a file. What nearly every line says is put together as bytes, and what few lines say
 * as an object. What a message says itself, or the member before it, is not said again (src/record/spelled-out.ts reads it there).
 * Decides nothing, and knows nothing of files.
 */

import type { Direction, Envelope, Frame, FrameKind } from '../protocol/envelope.ts';
import { sizeOf } from '../protocol/envelope.ts';
import type { Decision } from '../runtime/tracer.ts';
import type { Effect, SendEffect, SettledEffect } from '../session/effects.ts';
import type { FrameArrived, SessionEvent } from '../session/events.ts';
import type { Verdict } from '../session/interception.ts';
import { factsToJson } from '../session/facts-json.ts';
import type { SessionState } from '../session/outcomes.ts';
import type { Exchange, Via } from '../session/pending.ts';
import { type LineBytes, phrases, piece } from './line-bytes.ts';
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
  /** Of a frame: its message follows as it came, so that its id, its method and its length are there. */
  readonly isWhole: boolean;
}

/** Events that a message is of. */
export function isFrame(event: SessionEvent): event is FrameArrived {
  const { type } = event;
  return type === 'frame.request' || type === 'frame.response' || type === 'frame.notification';
}

const quoted = (text: string): string => JSON.stringify(text);

/** How members begin whose values are others each time. */
const says = {
  seq: piece('{"seq":'),
  at: piece(',"at":'),
  session: piece(',"session":'),
  id: piece(',"id":'),
  bytes: piece(',"bytes":'),
  sent: piece(',"sent":'),
  exchange: piece(',"exchange":'),
  params: piece(',"params":'),
  viaRequest: piece(',"viaRequest":'),
  viaStatus: piece(',"viaStatus":'),
};
const isOwn = piece(',"isOwn":true');
const listEnds = piece('}]');

const moved = (event: string, decision: string, from: string, to: string): string =>
  `,"event":${quoted(event)}${decision === 'committed' ? '' : `,"decision":${quoted(decision)}`}` +
  `${from === to ? '' : `,"from":${quoted(from)}`},"to":${quoted(to)}`;
const stayed = phrases((event, state) => moved(event, 'committed', state, state));
const cameOf = (direction: Direction): string => `,"direction":${quoted(direction)},"ticket":`;
const arrived = (direction: Direction): ReturnType<typeof phrases> =>
  phrases((event, state) => `${moved(event, 'committed', state, state)}${cameOf(direction)}`);
const arrivedAndStayed = {
  'client-to-server': arrived('client-to-server'),
  'server-to-client': arrived('server-to-client'),
};
const called = phrases((method) => `,"method":${quoted(method)}`);
const ended = (method: string, outcome: string): string =>
  `"method":${quoted(method)},"outcome":${quoted(outcome)},"elapsedMs":`;
const soleSettled = phrases((method, outcome) => `,"settled":[{${ended(method, outcome)}`);
const settledOf = (direction: string): string => `{"direction":${quoted(direction)},"id":`;
const firstSettled = phrases((direction) => `,"settled":[${settledOf(direction)}`);
const nextSettled = phrases((direction) => `},${settledOf(direction)}`);
const settledAs = phrases((method, outcome) => `,${ended(method, outcome)}`);
const sentOf = (direction: string, kind: string): string =>
  `{"direction":${quoted(direction)},"kind":${quoted(kind)},"bytes":`;
const firstSent = phrases((direction, kind) => `,"sent":[${sentOf(direction, kind)}`);
const nextSent = phrases((direction, kind) => `},${sentOf(direction, kind)}`);

/** The line without its body and its end. */
export function writeEvent(out: LineBytes, happened: Happened, names: LineNames): void {
  const { event } = happened;
  out.piece(says.seq);
  out.number(happened.seq);
  out.piece(says.at);
  out.number(happened.at);
  out.piece(says.session);
  out.number(happened.session);
  if (isFrame(event)) writeFrame(out, event, happened, names);
  else writeOther(out, event, happened, names);
}

function writeOther(
  out: LineBytes,
  event: Exclude<SessionEvent, FrameArrived>,
  { decision, from, to, effects }: Happened,
  names: LineNames,
): void {
  if (decision === 'committed' && from === to) out.piece(stayed(event.type, to));
  else out.text(moved(event.type, decision, from, to));
  out.members(factsOf(event, names));
  if ('via' in event && event.via !== undefined) writeVia(out, event.via, names);
  writeSettled(out, effects);
  writeSent(out, effects);
}

function writeFrame(
  out: LineBytes,
  event: FrameArrived,
  { decision, from, to, effects, isWhole }: Happened,
  names: LineNames,
): void {
  const { frame, verdict, direction } = event;
  const { envelope } = frame;
  if (decision === 'committed' && from === to) out.piece(arrivedAndStayed[direction](event.type, to));
  else out.text(`${moved(event.type, decision, from, to)}${cameOf(direction)}`);
  out.number(event.ticket);
  if (!isWhole) {
    if (envelope.id !== undefined) {
      out.piece(says.id);
      out.id(envelope.id);
    }
    if (envelope.method !== '') out.piece(called(envelope.method));
    out.piece(says.bytes);
    out.number(sizeOf(frame));
  }
  if (verdict !== undefined) {
    out.members({
      verdict: verdict === 'awaited' ? verdict : taped(verdict, frame, names),
      ...(event.deliberation?.isAside === true ? { isAside: true } : {}),
    });
  }
  if (event.via !== undefined) writeVia(out, event.via, names);
  const settled = onlySettled(effects);
  if (settled !== undefined && envelope.kind === 'response' && settled.entry.direction !== direction) {
    writeAnswered(out, settled, envelope.id);
  } else {
    writeSettled(out, effects);
  }
  const passed = passedOn(effects, direction, envelope.kind);
  if (passed === undefined) {
    writeSent(out, effects);
  } else {
    out.piece(says.sent);
    out.number(passed);
  }
}

/** The request that a response settles, if that is all that is settled. */
function onlySettled(effects: readonly Effect[]): SettledEffect | undefined {
  let only: SettledEffect | undefined;
  for (const effect of effects) {
    if (effect.type !== 'settled') continue;
    if (only !== undefined) return undefined;
    only = effect;
  }
  return only;
}

/** Its id is said where it is not that of the response, and its direction is the other one. */
function writeAnswered(out: LineBytes, { entry, outcome, elapsedMs }: SettledEffect, answeredId: Envelope['id']): void {
  out.piece(soleSettled(entry.method, outcome));
  out.number(elapsedMs);
  if (entry.id !== answeredId) {
    out.piece(says.id);
    out.id(entry.id);
  }
  out.piece(listEnds);
}

/** How long the message is that was sent, if there is one, and it is the one that came: for the same peer, and of its kind. */
function passedOn(effects: readonly Effect[], direction: Direction, kind: FrameKind): number | undefined {
  let only: SendEffect | undefined;
  for (const effect of effects) {
    if (effect.type !== 'send') continue;
    if (only !== undefined) return undefined;
    only = effect;
  }
  if (only?.frame === undefined || only.direction !== direction || only.kind !== kind) return undefined;
  return bytesOf(only);
}

function writeVia(out: LineBytes, via: Via, names: LineNames): void {
  if (via.exchange !== undefined) {
    const named = names.exchange(via.exchange);
    out.piece(says.exchange);
    out.number(named.number);
    if (named.params !== undefined) {
      out.piece(says.params);
      out.json(names.shown(named.params));
    }
  }
  if (via.request !== undefined) {
    out.piece(says.viaRequest);
    out.number(via.request.order);
  }
  if (via.status !== 0) {
    out.piece(says.viaStatus);
    out.number(via.status);
  }
}

function writeSettled(out: LineBytes, effects: readonly Effect[]): void {
  let isFirst = true;
  for (const effect of effects) {
    if (effect.type !== 'settled') continue;
    const { entry, outcome, elapsedMs } = effect;
    out.piece(isFirst ? firstSettled(entry.direction) : nextSettled(entry.direction));
    out.id(entry.id);
    out.piece(settledAs(entry.method, outcome));
    out.number(elapsedMs);
    isFirst = false;
  }
  if (!isFirst) out.piece(listEnds);
}

function writeSent(out: LineBytes, effects: readonly Effect[]): void {
  let isFirst = true;
  for (const effect of effects) {
    if (effect.type !== 'send') continue;
    const { direction, kind, frame } = effect;
    out.piece(isFirst ? firstSent(direction, kind) : nextSent(direction, kind));
    out.number(bytesOf(effect));
    if (frame === undefined) out.piece(isOwn);
    isFirst = false;
  }
  if (!isFirst) out.piece(listEnds);
}

function bytesOf({ value, message, frame }: SendEffect): number {
  return value === undefined ? lengthOf(message) : sizeOf(frame!);
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
    case 'session.reopened':
      return { facts: names.shown(factsToJson(event.facts, (frame) => names.text(frame))) };
    case 'session.close':
    case 'session.expired':
      return { reason: event.reason };
    case 'session.labelled':
      return { label: names.shown(event.label), isSet: event.isSet };
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
      return event.goesOn === true ? { goesOn: true } : {};
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
    ...(labels === undefined ? {} : { labels: names.shown(labels) }),
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
