/**
 * The lines of a session's sequence diagram, from the top: what crossed between client, proxy and server, what the session's chart
 * made of it, and where time passed or events are missing. Lines are data of one height each, so that a page can draw the few that
 * are in view.
 */

import { type Direction, type FrameKind, opposite } from '../../../protocol/envelope.ts';
import type { Outcome, SessionState } from '../../../session/outcomes.ts';
import type { TracedEvent, TracedProblem } from '../../feed-messages.ts';
import { type Exchange, type Exchanges, causeOf } from './exchanges.ts';

export type TimelineLine = MessageLine | AnswerLine | StateLine | NoteLine | PauseLine | MissedLine;

interface OfEvent {
  /** The event that the line shows. */
  readonly seq: number;
  readonly at: number;
  /** How deep it stands inside other exchanges. */
  readonly depth: number;
  readonly problem: TracedProblem | undefined;
}

/** A message as it came, and how far it got. */
export interface MessageLine extends OfEvent {
  readonly type: 'message';
  readonly kind: FrameKind;
  readonly direction: Direction;
  /** `through`: to its reader. `held`: it waits in the proxy. `stopped`: it goes no further. `released`: from the proxy on. */
  readonly passage: 'through' | 'held' | 'stopped' | 'released';
  readonly exchange: Exchange | undefined;
  readonly label: string;
  readonly isError: boolean;
  /** Messages like this one, one after the other, that the line stands for. */
  readonly count: number;
  readonly bytes: number;
  /** Who decided what about it: rules and interceptors. */
  readonly decidedBy: readonly string[];
}

/** The end of an exchange that no message of its answerer brought. */
export interface AnswerLine extends OfEvent {
  readonly type: 'answer';
  readonly exchange: Exchange;
  /** In which the answer travels. */
  readonly direction: Direction;
  readonly outcome: Outcome;
  /** False: its requester has given it up or is gone. */
  readonly isTold: boolean;
}

/** The chart moved. */
export interface StateLine extends OfEvent {
  readonly type: 'state';
  readonly from: SessionState;
  readonly to: SessionState;
  readonly event: string;
  readonly detail: string;
}

/** Something happened that is no message. */
export interface NoteLine extends OfEvent {
  readonly type: 'note';
  readonly event: string;
  readonly detail: string;
}

/** Time in which nothing happened. */
export interface PauseLine {
  readonly type: 'pause';
  readonly seq: number;
  readonly pausedMs: number;
}

/** Events that the page does not have. */
export interface MissedLine {
  readonly type: 'missed';
  readonly seq: number;
  readonly missed: number;
}

/** Shorter ones are not worth a line. */
export const pauseShownMs = 1000;
const depthMax = 4;

/**
 * @param exchanges of the same events.
 * @param missed events before the first one that the page does not have.
 */
export function timelineOf(
  events: readonly TracedEvent[],
  exchanges: Exchanges,
  missed: number,
): readonly TimelineLine[] {
  const fold = new TimelineFold();
  for (const event of events) fold.take(event, exchanges);
  return withMissed(fold.lines, events[0], missed);
}

/** @param first the event before which so many are missing. @returns a copy. */
export function withMissed(
  lines: readonly TimelineLine[],
  first: TracedEvent | undefined,
  missed: number,
): readonly TimelineLine[] {
  return missed > 0 && first !== undefined ? [{ type: 'missed', seq: first.seq, missed }, ...lines] : [...lines];
}

/** The same, an event at a time: no line but the last one changes when more come. */
export class TimelineFold {
  readonly lines: TimelineLine[] = [];
  #before: TracedEvent | undefined;

  /** @param exchanges of the events up to this one. */
  take(event: TracedEvent, exchanges: Exchanges): void {
    const { lines } = this;
    const next = linesOf(event, exchanges);
    if (next.length === 0) return;
    const before = this.#before;
    if (before !== undefined && event.at - before.at >= pauseShownMs) {
      lines.push({ type: 'pause', seq: event.seq, pausedMs: event.at - before.at });
    }
    for (const line of next) if (!joined(lines, line)) lines.push(line);
    this.#before = event;
  }
}

/** Progress that goes on and on takes one line. */
function joined(lines: TimelineLine[], line: TimelineLine): boolean {
  const last = lines.at(-1);
  const isMore =
    last?.type === 'message' &&
    line.type === 'message' &&
    line.kind === 'notification' &&
    line.label === 'notifications/progress' &&
    last.label === line.label &&
    last.exchange === line.exchange &&
    last.passage === line.passage &&
    last.problem === undefined &&
    line.problem === undefined;
  if (isMore) lines[lines.length - 1] = { ...line, count: last.count + 1, bytes: last.bytes + line.bytes };
  return isMore;
}

function linesOf(event: TracedEvent, exchanges: Exchanges): readonly TimelineLine[] {
  const exchange = exchanges.ofEvent.get(event.seq);
  const message = messageLine(event, exchange);
  const answers = (exchanges.settledBy.get(event.seq) ?? [])
    .filter((settled) => !(message !== undefined && settled === exchange && isSaidBy(message, settled)))
    .map((settled) => answerLine(event, settled));
  const lines: TimelineLine[] = message === undefined ? [...answers] : [message, ...answers];
  if (event.from !== event.to) lines.push(stateLine(event));
  if (lines.length > 0 || isSilent(event)) return lines;
  const { seq, at, problem } = event;
  const own = event.sent?.find(({ isOwn }) => isOwn);
  const detail = event.detail ?? (own === undefined ? '' : `ninelives sends a ${own.kind} of its own`);
  return [{ type: 'note', seq, at, depth: 0, problem, event: event.event, detail }];
}

/** The message shows the end of its exchange itself: the answer that went through, or the word that gives it up. */
function isSaidBy(message: MessageLine, settled: Exchange): boolean {
  return settled.outcome === 'cancelled' || (message.kind === 'response' && !settled.isOwnAnswer);
}

function isSilent({ event, problem, detail }: TracedEvent): boolean {
  return event === 'session.ticked' && problem === undefined && detail === undefined;
}

function messageLine(event: TracedEvent, exchange: Exchange | undefined): MessageLine | undefined {
  const { frame, seq, at, problem } = event;
  if (frame === undefined || event.event === 'effect.failed') return undefined;
  return {
    type: 'message',
    seq,
    at,
    depth: depthOf(exchange),
    problem,
    kind: frame.kind,
    direction: frame.direction,
    passage: passageOf(event),
    exchange,
    label: labelOf(event, exchange),
    isError: frame.isError === true,
    count: 1,
    bytes: frame.bytes,
    decidedBy: (event.steps ?? [])
      .filter((step) => step.action !== 'continue')
      .map((step) => `${step.interceptor}: ${step.action}`),
  };
}

function passageOf(event: TracedEvent): MessageLine['passage'] {
  const { frame, decision, sent = [] } = event;
  const went = sent.some((one) => !one.isOwn && one.kind === frame?.kind && one.direction === frame.direction);
  if (event.event === 'frame.decided') return went ? 'released' : 'stopped';
  if (went) return 'through';
  const isOver = decision !== 'committed' || event.event === 'frame.malformed' || event.problem !== undefined;
  const isEnded = (event.settled ?? []).length > 0 || (event.steps ?? []).some(({ action }) => endings.has(action));
  return isOver || isEnded || sent.length > 0 ? 'stopped' : 'held';
}

/** What an interceptor can decide so that a message goes no further. */
const endings: ReadonlySet<string> = new Set(['block', 'mock', 'drop', 'failed']);

function labelOf({ event, frame }: TracedEvent, exchange: Exchange | undefined): string {
  if (event === 'frame.malformed') return 'not a message';
  const method = frame?.method ?? exchange?.method ?? '';
  if (frame?.kind === 'request') return frame.name === undefined ? method : `${method} ${frame.name}`;
  return method === '' ? 'response' : method;
}

function answerLine(event: TracedEvent, exchange: Exchange): AnswerLine {
  return {
    type: 'answer',
    seq: event.seq,
    at: event.at,
    depth: depthOf(exchange),
    problem: undefined,
    exchange,
    direction: opposite(exchange.direction),
    outcome: exchange.outcome!,
    isTold: exchange.isOwnAnswer,
  };
}

function stateLine({ seq, at, from, to, event, detail = '', problem }: TracedEvent): StateLine {
  return { type: 'state', seq, at, depth: 0, problem, from, to, event, detail };
}

function depthOf(exchange: Exchange | undefined): number {
  let depth = 0;
  for (let outer = exchange && causeOf(exchange); outer !== undefined && depth < depthMax; outer = causeOf(outer)) {
    depth += 1;
  }
  return depth;
}
