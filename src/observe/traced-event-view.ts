/**
 * What is shown of an event that the trace ring keeps. Works it out when somebody looks, from what was noted when it happened and
 * from what never changes; what may be otherwise by now (the state of a request, a deliberation that goes on) is left out.
 */

import type { Frame } from '../protocol/envelope.ts';
import { memberPath, textOfMember } from '../protocol/member-path.ts';
import { redactText } from '../redaction.ts';
import type { CancelEffect, SendEffect, SettledEffect } from '../session/effects.ts';
import type { FrameDecided, FrameMalformed, Loss } from '../session/events.ts';
import type { InterceptStep, Verdict } from '../session/interception.ts';
import type { TracePlace, TraceRing } from './trace-ring.ts';
import { problemOf } from './traced-event-problem.ts';
import type { TracedEvent, TracedFrame, TracedOutcome, TracedSend } from './traced-event.ts';

/** How far back the frame of a decision is looked for among the events of its session. */
const lookBackMax = 512;

/** @param ring the one that keeps the event: a frame that was held is found in the event that brought it. */
export function tracedEvent(place: TracePlace, ring: Pick<TraceRing, 'eventsBefore'>): TracedEvent {
  const { seq, at, session, event, decision, from, to, effects } = place;
  const frame = frameOf(place, ring);
  const settled = effects.filter((effect) => effect.type === 'settled').map(outcomeOf);
  const sent = effects.filter((effect) => effect.type === 'send' || effect.type === 'cancel').map(sendOf);
  const steps = stepsOf(event);
  const detail = detailOf(place);
  const problem = problemOf(place);
  return {
    seq,
    at,
    sessionId: session?.id ?? '',
    event: typeof event === 'string' ? event : event.type,
    decision,
    from,
    to,
    ...(frame === undefined ? {} : { frame }),
    ...(settled.length === 0 ? {} : { settled }),
    ...(sent.length === 0 ? {} : { sent }),
    ...(steps.length === 0 ? {} : { steps }),
    ...(detail === undefined ? {} : { detail }),
    ...(problem === undefined ? {} : { problem }),
  };
}

/** The event that brought the frame which an event is about, as long as that is kept. */
export function bringerOf(place: TracePlace, ring: Pick<TraceRing, 'eventsBefore'>): TracePlace | undefined {
  const { event, session } = place;
  if (typeof event === 'string') return undefined;
  if ('frame' in event) return place;
  if (event.type !== 'frame.decided' || session === undefined) return undefined;
  let steps = 0;
  for (const before of ring.eventsBefore(session, place.seq)) {
    const said = before.event;
    if (typeof said !== 'string' && 'frame' in said && said.ticket === event.ticket) return before;
    if (++steps === lookBackMax) return undefined;
  }
  return undefined;
}

function frameOf(place: TracePlace, ring: Pick<TraceRing, 'eventsBefore'>): TracedFrame | undefined {
  const { event } = place;
  if (typeof event !== 'string' && event.type === 'frame.malformed') return malformedFrame(event);
  const brought = bringerOf(place, ring)?.event;
  if (brought === undefined || typeof brought === 'string' || !('frame' in brought)) return undefined;
  const { direction, ticket, frame } = brought;
  const { kind, isError, progressToken } = frame.envelope;
  const answered = kind === 'response' ? answeredBy(place) : undefined;
  // An answer that is placed is shown under the id that its requester knows.
  const id = answered?.id ?? frame.envelope.id;
  const method = kind === 'response' ? answered?.method : frame.envelope.method;
  const name = kind === 'request' ? nameOf(frame) : undefined;
  const about =
    kind === 'notification' ? (place.about?.requesterToken ?? frame.envelope.cancels ?? progressToken) : undefined;
  const parent = kind === 'request' ? place.about?.id : undefined;
  return {
    direction,
    kind,
    ticket,
    bytes: lengthOf(frame),
    ...(id === undefined ? {} : { id }),
    ...(method === undefined ? {} : { method }),
    ...(name === undefined ? {} : { name }),
    ...(about === undefined ? {} : { about }),
    ...(kind === 'request' && progressToken !== undefined ? { progressToken } : {}),
    ...(parent === undefined ? {} : { parent }),
    ...(isError ? { isError } : {}),
    hasBody: true,
  };
}

function malformedFrame({ direction, fault, bytes }: FrameMalformed): TracedFrame {
  const kind = fault.isAnswer ? 'response' : fault.expectsAnswer ? 'request' : 'notification';
  const id = fault.idToken === undefined ? undefined : (JSON.parse(fault.idToken) as string | number);
  return { direction, kind, ticket: 0, bytes, ...(id === undefined ? {} : { id }), hasBody: false };
}

/** The request that a response settles; of one that settles nothing it is not known. */
function answeredBy({ effects }: TracePlace): SettledEffect['entry'] | undefined {
  return effects.find((effect) => effect.type === 'settled')?.entry;
}

/** Where a request names what it is about. */
const namePaths = {
  'tools/call': memberPath('params', 'name'),
  'prompts/get': memberPath('params', 'name'),
  'resources/read': memberPath('params', 'uri'),
} as const;

/** The name is looked for in the bytes each time the event is shown: not in messages of megabytes, and no more of it than fits a line. */
const namedBytesMax = 256 * 1024;
const nameCharactersMax = 200;

function nameOf(frame: Frame): string | undefined {
  const { method } = frame.envelope;
  if (!Object.hasOwn(namePaths, method) || lengthOf(frame) > namedBytesMax) return undefined;
  const name = textOfMember(frame.bytes, namePaths[method as keyof typeof namePaths]);
  // Of a resource it is an address, which may hold more than people want to show.
  return name == null ? undefined : redactText(name.slice(0, nameCharactersMax));
}

/** A message that is a value is not written to learn how long it is. */
function lengthOf(frame: Frame): number {
  return frame.value === undefined ? frame.bytes.length : (frame.size ?? 0);
}

function outcomeOf({ entry, outcome, elapsedMs }: SettledEffect): TracedOutcome {
  const { direction, id, method } = entry;
  return { direction, id, method, outcome, elapsedMs };
}

function sendOf(effect: SendEffect | CancelEffect): TracedSend {
  const { frame, value } = effect;
  // What goes on as the value that it came as is not written here.
  const isUnwritten = value !== undefined && frame !== undefined;
  const bytes = isUnwritten ? lengthOf(frame) : effect.message.reduce((sum, { length }) => sum + length, 0);
  const direction = effect.type === 'send' ? effect.direction : effect.entry.direction;
  const kind = effect.type === 'send' ? effect.kind : 'notification';
  return { direction, kind, bytes, isOwn: frame === undefined || effect.entry?.isOwn === true };
}

function stepsOf(event: TracePlace['event']): readonly InterceptStep[] {
  const verdict = verdictIn(event);
  return verdict?.steps ?? [];
}

function verdictIn(event: TracePlace['event']): Verdict | undefined {
  if (typeof event === 'string') return undefined;
  if (event.type === 'frame.decided') return typeof event.news === 'object' ? event.news : undefined;
  return 'verdict' in event && typeof event.verdict === 'object' ? event.verdict : undefined;
}

function detailOf({ session, event, effects, decision }: TracePlace): string | undefined {
  if (event === 'session.opened') return undefined;
  if (event === 'session.ended') return session?.record.endReason;
  if (decision !== 'committed') return undefined;
  switch (event.type) {
    case 'frame.request':
    case 'frame.response':
    case 'frame.notification':
      return event.verdict === 'awaited' ? heldText(event.deliberation?.isAside === true) : undefined;
    case 'frame.decided':
      return newsText(event);
    case 'request.expired':
      return effects.length === 0 ? 'its deadline has moved' : 'its deadline is over';
    case 'upstream.lost':
      return lossText(event.loss);
    case 'client.attached':
      return event.hasOpenStream ? 'a stream to the client is open' : 'no stream to the client is open';
    case 'client.closed':
      return event.isGone ? 'it does not read any more' : 'it sends nothing more';
    case 'session.close':
    case 'session.expired':
      return event.reason;
    case 'session.labelled':
      return `${event.label} ${event.isSet ? 'is set' : 'is removed'}`;
    case 'effect.failed':
      return event.cause;
    case 'upstream.ready':
      return event.goesOn === true ? 'it knows the session still' : undefined;
    case 'session.reopened':
      return `another process served it before, in ${event.facts.protocolVersion ?? 'no revision yet'}`;
    case 'frame.malformed':
    case 'exchange.closed':
    case 'session.drain':
    case 'session.ticked':
      return undefined;
  }
}

function heldText(isAside: boolean): string {
  return isAside ? 'it waits for a decision, and others may pass' : 'it waits for a decision';
}

function newsText({ news }: FrameDecided): string {
  if (news === 'turn') return 'its turn has come';
  if (news === 'delay-over') return 'its delay is over';
  return news.delayMs > 0 ? `decided: ${news.kind}, in ${news.delayMs} ms` : `decided: ${news.kind}`;
}

function lossText({ reason, exitCode, signal, detail, willRestart }: Loss): string {
  const how = [exitCode === null ? [] : `code ${exitCode}`, signal ?? [], detail ?? []].flat().join(', ');
  const said = how === '' ? reason : `${reason} (${how})`;
  return willRestart ? `${said}; it is reached again` : said;
}
