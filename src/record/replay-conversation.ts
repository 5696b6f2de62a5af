/**
 * What a client and a server said to each other on a tape, as each of them heard it: messages in their order, answers with their
 * requests. What an interceptor kept from the server was never said to it, and what it changed is what the server heard. Knows nothing
 * of who plays it again.
 */

import { isJsonObject } from '../protocol/derive.ts';
import type { RequestId } from '../protocol/envelope.ts';
import type { Outcome } from '../session/outcomes.ts';
import type { EventLine, TapedVerdict } from './tape-format.ts';
import type { LoadedTape } from './tape-travel.ts';
import { type TapedMessage, sessionsOn } from './taped-sessions.ts';

/** A parsed message. */
export type MessageValue = Readonly<Record<string, unknown>>;

interface Said {
  /** Of the file, from 1. */
  readonly line: number;
  /** Milliseconds on the clock of the tape. */
  readonly at: number;
  readonly session: number;
  readonly from: 'client' | 'server';
  /** Of a response: that of its request. */
  readonly method: string;
  /** Undefined where it was too long for the tape. */
  readonly message: MessageValue | undefined;
}

export interface TapedRequest extends Said {
  readonly kind: 'request';
  readonly id: RequestId;
  /** What became of it, where the tape says so. */
  readonly outcome: Outcome | undefined;
  readonly answer: TapedAnswer | undefined;
}

export interface TapedNotification extends Said {
  readonly kind: 'notification';
}

export interface TapedAnswer extends Said {
  readonly kind: 'response';
  readonly request: TapedRequest;
}

export type Taped = TapedRequest | TapedNotification | TapedAnswer;

/** One session, in the order of the tape. */
export interface Conversation {
  readonly session: number;
  readonly messages: readonly Taped[];
}

/** The sessions of a tape, in the order in which they are first heard of. */
export function conversationsOf(tape: Pick<LoadedTape, 'lines'>): readonly Conversation[] {
  const lines = new Map<number, EventLine>();
  for (const { number, line } of tape.lines) if ('to' in line) lines.set(number, line);
  const late = lateVerdicts(tape);
  return sessionsOn(tape).map(({ session, exchanges, notifications }) => {
    const messages: Taped[] = [];
    const sayingOf = (message: TapedMessage, method = message.method): Saying => {
      const line = lines.get(message.number)!;
      const verdict = line.verdict === 'awaited' ? late.get(ticketKey(line)) : line.verdict;
      const from = message.direction === 'client-to-server' ? 'client' : 'server';
      const isKept = line.decision !== undefined || (line.verdict !== undefined && verdict?.kind !== 'forward');
      const { number, at } = message;
      return {
        line: number,
        at,
        session,
        from,
        method,
        message: heard(message, verdict),
        isKept,
        settled: line.settled,
      };
    };
    for (const { request, answer, outcome } of exchanges) {
      const { isKept, settled = [], ...said } = sayingOf(request);
      const { id, direction } = request;
      // What is refused at once has reached nobody.
      const isRefused = settled.some((fact) => fact.direction === direction && fact.id === id);
      if (id === undefined || isRefused || (isKept && said.from === 'client')) continue;
      const asked: Answerable = { ...said, kind: 'request', id, outcome, answer: undefined };
      messages.push(asked);
      if (answer === undefined) continue;
      const { isKept: _isKept, settled: _settled, ...answered } = sayingOf(answer, request.method);
      asked.answer = { ...answered, kind: 'response', request: asked };
      messages.push(asked.answer);
    }
    for (const notification of notifications) {
      const { isKept, settled: _settled, ...said } = sayingOf(notification);
      if (!isKept || said.from === 'server') messages.push({ ...said, kind: 'notification' });
    }
    return { session, messages: messages.sort((one, other) => one.line - other.line) };
  });
}

/** The same, as far as this line of the file. What had no answer by then has none. */
export function untilLine({ session, messages }: Conversation, line: number): Conversation {
  const kept = new Map<TapedRequest, Answerable>();
  const shortened = messages
    .filter((message) => message.line <= line)
    .map((message): Taped => {
      if (message.kind === 'request') {
        const { answer } = message;
        const isAnswered = answer !== undefined && answer.line <= line;
        const outcome = isAnswered ? message.outcome : undefined;
        const request: Answerable = { ...message, answer: undefined, outcome };
        kept.set(message, request);
        return request;
      }
      if (message.kind === 'notification') return message;
      const request = kept.get(message.request)!;
      const answer = { ...message, request };
      request.answer = answer;
      return answer;
    });
  return { session, messages: shortened };
}

/** A request whose answer comes later in the walk than it does itself. */
interface Answerable extends TapedRequest {
  answer: TapedAnswer | undefined;
}

/** A message, and what its line says of its way. */
interface Saying extends Said {
  /** An interceptor kept it, or it was undone. */
  readonly isKept: boolean;
  readonly settled: EventLine['settled'];
}

/** What was decided later about frames that waited for it. */
function lateVerdicts({ lines }: Pick<LoadedTape, 'lines'>): ReadonlyMap<string, TapedVerdict> {
  const verdicts = new Map<string, TapedVerdict>();
  for (const { line } of lines) {
    if ('to' in line && line.event === 'frame.decided' && typeof line.news === 'object') {
      verdicts.set(ticketKey(line), line.news);
    }
  }
  return verdicts;
}

function ticketKey({ session, ticket }: EventLine): string {
  return `${session} ${ticket}`;
}

/** What the server heard is what was sent on to it; what it said is what it said. */
function heard({ direction, value }: TapedMessage, verdict: TapedVerdict | undefined): MessageValue | undefined {
  const changed = direction === 'client-to-server' ? verdict?.message : undefined;
  const message = changed === undefined ? value : parsed(changed);
  return isJsonObject(message) ? message : undefined;
}

/** The body of a line is JSON; what an interceptor put in its place is what somebody has written there. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
