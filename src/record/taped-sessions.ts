/**
 * A tape as the conversations that are on it: each request with what came of it, messages that want no answer, states, and everything
 * else that happened. Takes the word of the tape for which answer belongs to which request; makes no session again.
 */

import type { Direction, FrameKind, RequestId } from '../protocol/envelope.ts';
import { ownMember } from '../protocol/derive.ts';
import type { InterceptStep } from '../session/interception.ts';
import type { Outcome, SessionState } from '../session/outcomes.ts';
import type { EndedLine, EventLine, OpenedLine, SettledFact } from './tape-format.ts';
import type { ReadLine } from './tape-lines.ts';
import type { LoadedTape } from './tape-travel.ts';

export type ReadEventLine = ReadLine & { readonly line: EventLine };

export interface TapedMessage {
  /** Of the file, from 1. */
  readonly number: number;
  /** Milliseconds on the clock of the header. */
  readonly at: number;
  readonly direction: Direction;
  readonly kind: FrameKind;
  /** Of a response: that of its request. */
  readonly method: string;
  readonly id: RequestId | undefined;
  readonly bytes: number;
  /** As it was spelled. */
  readonly text: string | undefined;
  /** What it says; undefined where its text is not on the tape. */
  readonly value: unknown;
  readonly digest: string | undefined;
  /** What interceptors decided about it. */
  readonly steps: readonly InterceptStep[];
}

export interface TapedExchange {
  readonly request: TapedMessage;
  /** What the other peer said. Where we answered in its place, the tape does not say what. */
  readonly answer: TapedMessage | undefined;
  /** Undefined: it waits at the end of the tape. */
  readonly outcome: Outcome | undefined;
  readonly elapsedMs: number | undefined;
}

export interface TapedTurn {
  readonly number: number;
  readonly at: number;
  readonly from: SessionState;
  readonly to: SessionState;
}

export interface TapedSession {
  /** On its tape. */
  readonly session: number;
  readonly opened: OpenedLine | undefined;
  readonly ended: (ReadLine & { readonly line: EndedLine }) | undefined;
  /** All of them, in the order of the tape. */
  readonly events: readonly ReadEventLine[];
  /** In the order of their requests. */
  readonly exchanges: readonly TapedExchange[];
  readonly notifications: readonly TapedMessage[];
  readonly turns: readonly TapedTurn[];
  /** Events without a message, and responses that nobody waited for. */
  readonly others: readonly ReadEventLine[];
}

/** In the order in which they are first heard of. */
export function sessionsOn({ lines }: Pick<LoadedTape, 'lines'>): readonly TapedSession[] {
  const sessions = new Map<number, Gathered>();
  for (const read of lines) {
    const { line } = read;
    if (!('session' in line)) continue;
    let gathered = sessions.get(line.session);
    if (gathered === undefined) sessions.set(line.session, (gathered = new Gathered(line.session)));
    if (line.event === 'session.opened') gathered.opened = line;
    else if (line.event === 'session.ended') gathered.ended = { ...read, line };
    else if ('to' in line) gathered.take({ ...read, line });
  }
  return [...sessions.values()];
}

interface Message extends TapedMessage {
  method: string;
  steps: readonly InterceptStep[];
}

interface Exchange {
  readonly request: Message;
  answer: Message | undefined;
  outcome: Outcome | undefined;
  elapsedMs: number | undefined;
}

class Gathered implements TapedSession {
  readonly session: number;
  opened: OpenedLine | undefined = undefined;
  ended: TapedSession['ended'] = undefined;
  readonly events: ReadEventLine[] = [];
  readonly exchanges: Exchange[] = [];
  readonly notifications: Message[] = [];
  readonly turns: TapedTurn[] = [];
  readonly others: ReadEventLine[] = [];
  /** Requests without an outcome, oldest first, by their direction and id: ids may be used by several exchanges at once. */
  readonly #waiting = new Map<string, Exchange[]>();
  readonly #byTicket = new Map<number, Message>();

  constructor(session: number) {
    this.session = session;
  }

  take(read: ReadEventLine): void {
    this.events.push(read);
    const { number, line } = read;
    const { at, from, to, event, direction, id, ticket, news, settled = [] } = line;
    if (from !== undefined) this.turns.push({ number, at, from, to });
    const message = messageOn(read);
    if (message !== undefined && ticket !== undefined) this.#byTicket.set(ticket, message);
    if (event === 'frame.request' && message !== undefined) {
      const exchange = { request: message, answer: undefined, outcome: undefined, elapsedMs: undefined };
      this.exchanges.push(exchange);
      const key = keyOf(direction, id);
      this.#waiting.set(key, [...(this.#waiting.get(key) ?? []), exchange]);
    } else if (event === 'frame.notification' && message !== undefined) this.notifications.push(message);
    // What was held is decided later: whatever it then settles was sent, and is remembered, under the same number.
    const held = event === 'frame.decided' && ticket !== undefined ? this.#byTicket.get(ticket) : undefined;
    if (held !== undefined && typeof news === 'object') held.steps = [...held.steps, ...(news.steps ?? [])];
    const said = message ?? held;
    let isAnswer = false;
    for (const fact of settled) {
      const exchange = this.#settled(fact, said);
      if (exchange === undefined) continue;
      exchange.outcome = fact.outcome;
      exchange.elapsedMs = fact.elapsedMs;
      if (said?.kind !== 'response' || isAnswer) continue;
      isAnswer = true;
      said.method = exchange.request.method;
      exchange.answer = said;
    }
    const isHeldResponse = line.verdict !== undefined && message?.kind === 'response';
    if (message === undefined || (message.kind === 'response' && !isAnswer && !isHeldResponse)) this.others.push(read);
  }

  /**
   * Requests of several exchanges may wait under one id. To the server each of them has an id of its own, which its answer names:
   * it is counted from that of the session's range by the number of its frame.
   */
  #settled({ direction, id }: SettledFact, said: Message | undefined): Exchange | undefined {
    const waiting = this.#waiting.get(keyOf(direction, id)) ?? [];
    const sent = typeof said?.id === 'number' ? this.#byTicket.get(said.id - (this.opened?.idBase ?? 0)) : undefined;
    const place = waiting.findIndex(({ request }) => request === sent);
    return waiting.splice(Math.max(place, 0), 1)[0];
  }
}

const keyOf = (direction: Direction | undefined, id: RequestId | null | undefined): string =>
  `${direction} ${JSON.stringify(id ?? null)}`;

function messageOn({ number, line, body }: ReadEventLine): Message | undefined {
  const { at, direction, kind, id, method = '', bytes = 0, bodyDigest, verdict } = line;
  if (direction === undefined || kind === undefined) return undefined;
  return {
    number,
    at,
    direction,
    kind,
    method,
    id,
    bytes,
    text: body,
    value: line.body,
    digest: bodyDigest,
    steps: typeof verdict === 'object' ? (verdict.steps ?? []) : [],
  };
}

/** What a request is about, beside its method: the tool, the prompt, the resource. */
export function subjectOf(message: unknown): string | undefined {
  const params = ownMember(message, 'params');
  return [ownMember(params, 'name'), ownMember(params, 'uri')].find((name) => typeof name === 'string');
}
