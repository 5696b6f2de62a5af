/** A step of a tape in a line for people: when, whose, which way, what, and what became of it. */

import type { Direction } from '../protocol/envelope.ts';
import type { EventLine, SettledFact, TapeLine } from './tape-format.ts';
import type { TapeStep } from './tape-travel.ts';

/** @param from the time that is counted from: of the header. */
export function lineText(line: TapeLine, from: number): string | undefined {
  const time = timeText(line.at - from);
  if ('to' in line) return `${time}  #${line.session}  ${eventText(line)}`;
  switch (line.event) {
    case 'settings':
      return undefined;
    case 'session.opened': {
      const { session, id, transportType, principal } = line;
      return `${time}  #${session}  opened  ${id} on ${transportType}${principal === undefined ? '' : ` for ${principal}`}`;
    }
    case 'session.ended':
      return `${time}  #${line.session}  ended  ${line.reason}`;
    case 'tape.gap':
      return `${time}  ${line.dropped} lines are missing`;
    case 'tape.closed':
      return `${time}  closed  lines: ${line.lines}, sessions: ${line.sessions}${line.dropped === 0 ? '' : `, dropped: ${line.dropped}`}`;
  }
}

/** The event and what followed, without when and whose. */
export function eventText(line: EventLine): string {
  const { decision, from, to, settled = [], sent = [] } = line;
  const own = sent.filter(({ isOwn }) => isOwn === true).length;
  return [
    whatText(line),
    ...(decision === undefined ? [] : [decision]),
    ...settled.map(settledText),
    ...(own === 0 ? [] : [`${own} of our own sent`]),
    ...(from === undefined ? [] : [`${from} -> ${to}`]),
  ].join('  ');
}

/** A request's end: `tools/call timeout after 300.0 s`. */
export function settledText({ method, outcome, elapsedMs }: SettledFact): string {
  return `${method === '' ? 'request' : method} ${outcome} after ${spent(elapsedMs)}`;
}

/** The event alone, without what followed. */
export function whatText(line: EventLine): string {
  const { event, direction, id, method, bytes, kind, detail, reason } = line;
  const arrow = direction === undefined ? '' : arrows[direction];
  switch (event) {
    case 'frame.request':
    case 'frame.notification':
      return `${arrow} ${method ?? kind}${id === undefined ? '' : ` ${JSON.stringify(id)}`}  ${bytes} B${verdictText(line)}`;
    case 'frame.response':
      return `${arrow} ${line.envelope?.isError === true ? 'error' : 'response'} ${JSON.stringify(id ?? null)}  ${bytes} B${verdictText(line)}`;
    case 'frame.malformed':
      return `${arrow} no message: ${line.fault?.reason ?? ''}`;
    case 'frame.decided':
      return `frame ${line.ticket} ${typeof line.news === 'string' ? line.news : (line.news?.kind ?? '')}`;
    case 'request.expired':
      return `${method} ${JSON.stringify(id)} looked at: its time may be over`;
    case 'upstream.lost':
      return `the server is gone: ${line.loss?.reason ?? ''}${line.loss?.exitCode == null ? '' : `, exit code ${line.loss.exitCode}`}`;
    case 'effect.failed':
      return `a message did not arrive: ${line.cause ?? ''}${detail === undefined ? '' : `, ${detail}`}`;
    case 'session.labelled':
      return `${line.isSet === true ? 'tagged' : 'untagged'} ${line.label}`;
    case 'upstream.ready':
      return line.goesOn === true ? 'the server is there and knows the session still' : 'the server is there';
    case 'session.reopened':
      return `another process served the session before, in ${line.facts?.protocolVersion ?? 'no revision yet'}`;
    case 'client.attached':
      return line.hasOpenStream === true ? 'the client opened a stream' : 'the client has no stream open';
    case 'client.closed':
      return line.isGone === true ? 'the client is gone' : 'the client sends nothing more';
    case 'exchange.closed':
      return `the client gave up exchange ${line.exchange}`;
    case 'session.close':
    case 'session.expired':
      return `${event} ${reason}`;
    case 'session.drain':
    case 'session.ticked':
    default:
      return event;
  }
}

export const arrows: Readonly<Record<Direction, string>> = { 'client-to-server': '->', 'server-to-client': '<-' };

function verdictText({ verdict }: EventLine): string {
  if (verdict === undefined) return '';
  if (verdict === 'awaited') return '  waits for a decision';
  const steps = verdict.steps ?? [];
  return steps.length === 0
    ? ''
    : `  ${steps.map(({ interceptor, action }) => `${interceptor}: ${action}`).join(', ')}`;
}

/** What the session of a step was after it: its state, what waits, its tags. */
export function stepText({ session }: TapeStep): readonly string[] {
  if (session === undefined) return ['its session was opened before this tape'];
  const { state, pending, held, tags } = session;
  return [
    `state ${state}${tags.length === 0 ? '' : `, tagged ${tags.join(', ')}`}`,
    ...pending.map(
      ({ id, method, direction, state: how, ageMs }) =>
        `waits ${arrows[direction]} ${method} ${JSON.stringify(id)}, ${how}, for ${spent(ageMs)}`,
    ),
    ...held.map(
      ({ ticket, direction, kind, method }) => `held  ${arrows[direction]} frame ${ticket}, ${kind} ${method}`,
    ),
  ];
}

/** Since the header, as wide as the others. */
export function timeText(ms: number): string {
  return `+${(ms / 1000).toFixed(3)} s`.padStart(12);
}

export function spent(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
