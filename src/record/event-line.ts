/**
 * One event as one line of a tape: what came, what decided it and what followed. Names requests and exchanges by numbers of their
 * own session, since their objects are not for a file. Decides nothing, and knows nothing of files.
 */

import type { Envelope, Frame } from '../protocol/envelope.ts';
import { sizeOf } from '../protocol/envelope.ts';
import type { Decision } from '../runtime/tracer.ts';
import type { Effect } from '../session/effects.ts';
import type { SessionEvent } from '../session/events.ts';
import type { Verdict } from '../session/interception.ts';
import type { SessionState } from '../session/outcomes.ts';
import type { Exchange, Via } from '../session/pending.ts';
import type { EnvelopeFacts, EventLine, SentFact, SettledFact, TapedVerdict } from './tape-format.ts';

/** What a line cannot say by itself. */
export interface LineNames {
  /** The exchange's number in its session, and its headers where this is the first that is heard of it. */
  exchange(exchange: Exchange): { readonly number: number; readonly params?: EventLine['params'] };
  /** A message as the tape may show it. */
  text(frame: Frame): string;
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

/** The line without its body, which is written as it is behind it. */
export function eventLine(happened: Happened, names: LineNames): EventLine {
  const { seq, at, session, event, decision, from, to, effects } = happened;
  return {
    seq,
    at,
    session,
    event: event.type,
    ...(decision === 'committed' ? {} : { decision }),
    ...(from === to ? {} : { from }),
    to,
    ...factsOf(event, names),
    ...followed(effects),
  };
}

/**
 * The text of the same line, without its closing brace, for the frames that nearly all lines are: those that nobody intercepts. Putting
 * text together costs a fraction of what objects do. Undefined for every other event.
 */
export function plainFrameText(happened: Happened, names: LineNames): string | undefined {
  const { seq, at, session, event, decision, from, to, effects } = happened;
  if (!('frame' in event) || event.verdict !== undefined || decision !== 'committed') return undefined;
  const { direction, frame, ticket, via } = event;
  const { kind, id, method } = frame.envelope;
  let text = `{"seq":${seq},"at":${at},"session":${session},"event":"${event.type}"`;
  if (from !== to) text += `,"from":"${from}"`;
  text += `,"to":"${to}","direction":"${direction}","kind":"${kind}"`;
  if (id !== undefined) text += `,"id":${typeof id === 'number' ? id : JSON.stringify(id)}`;
  if (method !== '') text += `,"method":${JSON.stringify(method)}`;
  text += `,"ticket":${ticket},"bytes":${sizeOf(frame)}`;
  if (via !== undefined) {
    const facts = JSON.stringify(viaFacts(via, names));
    if (facts !== '{}') text += `,${facts.slice(1, -1)}`;
  }
  return text + followedText(effects);
}

function followedText(effects: readonly Effect[]): string {
  let settled = '';
  let sent = '';
  for (const effect of effects) {
    if (effect.type === 'settled') {
      const { direction, id, method } = effect.entry;
      const name = `"direction":"${direction}","id":${JSON.stringify(id)},"method":${JSON.stringify(method)}`;
      settled += `${settled === '' ? '' : ','}{${name},"outcome":"${effect.outcome}","elapsedMs":${effect.elapsedMs}}`;
    } else if (effect.type === 'send') {
      const { direction, kind, frame } = effect;
      const bytes = effect.value === undefined ? lengthOf(effect.message) : sizeOf(frame!);
      const own = frame === undefined ? ',"isOwn":true' : '';
      sent += `${sent === '' ? '' : ','}{"direction":"${direction}","kind":"${kind}","bytes":${bytes}${own}}`;
    }
  }
  return (settled === '' ? '' : `,"settled":[${settled}]`) + (sent === '' ? '' : `,"sent":[${sent}]`);
}

type Facts = Partial<EventLine>;

function factsOf(event: SessionEvent, names: LineNames): Facts {
  switch (event.type) {
    case 'frame.request':
    case 'frame.response':
    case 'frame.notification': {
      const { direction, frame, ticket, verdict, deliberation, via } = event;
      const { kind, id, method } = frame.envelope;
      return {
        direction,
        kind,
        ...(id === undefined ? {} : { id }),
        ...(method === '' ? {} : { method }),
        ticket,
        bytes: sizeOf(frame),
        ...(verdict === undefined ? {} : { verdict: verdict === 'awaited' ? verdict : taped(verdict, frame, names) }),
        ...(deliberation?.isAside === true ? { isAside: true as const } : {}),
        ...viaFacts(via, names),
      };
    }
    case 'frame.decided': {
      const { ticket, news } = event;
      return { ticket, news: typeof news === 'string' ? news : taped(news, names.awaited(ticket), names) };
    }
    case 'frame.malformed': {
      const { direction, fault, bytes, via } = event;
      return { direction, fault, bytes, ...viaFacts(via, names) };
    }
    case 'request.expired':
      return { request: event.entry.order, id: event.entry.id, method: event.entry.method };
    case 'upstream.lost':
      return { loss: event.loss };
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
        ...(reason === undefined ? {} : { detail: reason }),
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

function viaFacts(via: Via | undefined, names: LineNames): Facts {
  if (via === undefined) return {};
  const named = via.exchange === undefined ? undefined : names.exchange(via.exchange);
  return {
    ...(named === undefined ? {} : { exchange: named.number }),
    ...(named?.params === undefined ? {} : { params: named.params }),
    ...(via.request === undefined ? {} : { viaRequest: via.request.order }),
    ...(via.status === 0 ? {} : { viaStatus: via.status }),
  };
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
    ...(verdict.kind === 'refuse' ? { refusal: verdict.refusal } : {}),
    ...(verdict.kind === 'answer' ? { answer: verdict.body } : {}),
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

function followed(effects: readonly Effect[]): Facts {
  if (effects.length === 0) return {};
  const settled: SettledFact[] = [];
  const sent: SentFact[] = [];
  for (const effect of effects) {
    if (effect.type === 'settled') {
      const { direction, id, method } = effect.entry;
      settled.push({ direction, id, method, outcome: effect.outcome, elapsedMs: effect.elapsedMs });
    } else if (effect.type === 'send') {
      const { direction, kind, frame } = effect;
      const bytes = effect.value === undefined ? lengthOf(effect.message) : sizeOf(frame!);
      sent.push({ direction, kind, bytes, ...(frame === undefined ? { isOwn: true as const } : {}) });
    }
  }
  return { ...(settled.length === 0 ? {} : { settled }), ...(sent.length === 0 ? {} : { sent }) };
}

function lengthOf(message: readonly Uint8Array[]): number {
  let bytes = 0;
  for (const part of message) bytes += part.length;
  return bytes;
}
