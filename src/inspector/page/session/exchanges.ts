/**
 * The exchanges of a session, put together from its events: what was asked, what came of it, what was said about it meanwhile,
 * and during which other exchange it was asked. A fold over data; knows no page.
 */

import { type Direction, type RequestId, opposite } from '../../../protocol/envelope.ts';
import type { Outcome } from '../../../session/outcomes.ts';
import type { TracedEvent, TracedFrame, TracedOutcome } from '../../feed-messages.ts';

/** One request and all that belongs to it. Two exchanges may have one id, one after the other or in both directions. */
export interface Exchange {
  /** The event that opened it; of one that is older than the events here, the event that settled it. */
  readonly seq: number;
  readonly isOlder: boolean;
  /** In which its request travels. */
  readonly direction: Direction;
  /** `null`: the request could not be read so far. */
  readonly id: RequestId | null;
  readonly method: string;
  readonly name: string | undefined;
  /** On the clock of the events. */
  readonly openedAt: number;
  /** The event with which the request went on to its peer; undefined while it is held, or when it never went. */
  readonly sentSeq: number | undefined;
  readonly responseSeq: number | undefined;
  readonly settledSeq: number | undefined;
  readonly settledAt: number | undefined;
  readonly outcome: Outcome | undefined;
  readonly elapsedMs: number | undefined;
  /** The answer that its requester got was the proxy's own. */
  readonly isOwnAnswer: boolean;
  readonly progress: number;
  /** Of a server's request: the client's requests that waited when it came, a few of them. Its cause is one of them. */
  readonly during: readonly Exchange[];
}

export interface Exchanges {
  /** In the order in which they were opened. */
  readonly all: readonly Exchange[];
  /** The exchange that an event's frame belongs to, by the event's number. */
  readonly ofEvent: ReadonlyMap<number, Exchange>;
  /** Those that an event settled, by its number. */
  readonly settledBy: ReadonlyMap<number, readonly Exchange[]>;
}

type Building = { -readonly [Key in keyof Exchange]: Exchange[Key] } & { token: RequestId | undefined };

/** @param events of one session, oldest first. */
export function exchangesOf(events: readonly TracedEvent[]): Exchanges {
  const fold = new ExchangesFold();
  for (const event of events) fold.take(event);
  return fold;
}

/** The call inside which an exchange is shown: the only one that can have caused it. */
export function causeOf(exchange: Exchange): Exchange | undefined {
  return exchange.during.length === 1 ? exchange.during[0] : undefined;
}

/** Requests during which a server asks nothing of its client (2025-11-25, basic/lifecycle and basic/utilities/ping). */
const quiet: ReadonlySet<string> = new Set(['initialize', 'ping', 'subscriptions/listen']);

/** So many are worth naming where it is not known which of them it was. */
const duringMax = 4;

function mayAsk(exchange: Exchange): boolean {
  return !quiet.has(exchange.method);
}

/** A request, or bytes that were answered as one. */
function isAsked({ event, frame, settled = [] }: TracedEvent): boolean {
  if (event === 'frame.malformed') return frame?.kind === 'request' && settled.length > 0;
  return event === 'frame.request';
}

/** Ids keep their JSON type: `1` and `"1"` are two. */
function keyOf(direction: Direction, id: RequestId | null): string {
  return `${direction} ${JSON.stringify(id)}`;
}

/** The same, an event at a time: the exchanges are those of the events so far, and go on with those that come. */
export class ExchangesFold implements Exchanges {
  readonly all: Building[] = [];
  readonly ofEvent = new Map<number, Building>();
  readonly settledBy = new Map<number, readonly Building[]>();
  readonly #open = new Map<string, readonly Building[]>();
  readonly #ofTicket = new Map<number, Building>();
  /** Requests that wait, by what their progress calls them. */
  readonly #tokens = new Map<string, Building>();
  /** The client's requests that wait and in whose course the server may ask something, oldest first. */
  readonly #askable = new Set<Building>();

  take(event: TracedEvent): void {
    const opened = isAsked(event) ? this.#openFor(event) : undefined;
    const exchange = opened ?? this.#concerned(event);
    if (exchange !== undefined) {
      this.ofEvent.set(event.seq, exchange);
      this.#note(event, exchange);
    }
    const settled = (event.settled ?? []).map((outcome) => this.#settle(event, outcome, opened));
    if (opened !== undefined && opened.outcome === undefined && event.decision !== 'committed') {
      settled.push(this.#end(opened, event, 'refused', 0));
    }
    if (settled.length > 0) this.settledBy.set(event.seq, settled);
  }

  #openFor(event: TracedEvent): Building | undefined {
    const { frame, settled } = event;
    if (frame === undefined) return undefined;
    // A message that cannot be read may have the id of one that waits: it is another one all the same.
    const id = event.event === 'frame.request' ? frame.id : settled?.[0]?.id;
    const opened: Building = {
      ...unopened(event, frame.direction, id ?? null, frame.method ?? ''),
      name: frame.name,
      token: frame.progressToken,
      during: frame.direction === 'client-to-server' ? [] : this.#causesOf(frame),
    };
    this.all.push(opened);
    this.#ofTicket.set(frame.ticket, opened);
    if (opened.token !== undefined) this.#tokens.set(keyOf(opened.direction, opened.token), opened);
    if (opened.direction === 'client-to-server' && mayAsk(opened)) this.#askable.add(opened);
    this.#setOpen(opened, [...this.#openUnder(opened.direction, opened.id), opened]);
    return opened;
  }

  #causesOf({ parent }: TracedFrame): readonly Building[] {
    const said = parent === undefined ? undefined : this.#openUnder('client-to-server', parent)[0];
    return said === undefined ? firstOf(this.#askable, duringMax) : [said];
  }

  /** Whose frame a later event brings, decides on, or speaks of. */
  #concerned({ event, frame }: TracedEvent): Building | undefined {
    if (frame === undefined) return undefined;
    if (event === 'frame.decided') return this.#ofTicket.get(frame.ticket);
    if (frame.kind === 'response') {
      const asked = frame.id === undefined ? undefined : this.#openUnder(opposite(frame.direction), frame.id)[0];
      if (asked !== undefined) this.#ofTicket.set(frame.ticket, asked);
      return asked;
    }
    if (frame.about === undefined) return undefined;
    if (frame.method === 'notifications/cancelled') return this.#openUnder(frame.direction, frame.about)[0];
    if (frame.method === 'notifications/progress') return this.#ofToken(opposite(frame.direction), frame.about);
    return undefined;
  }

  /** Where nobody has said its token, a request is called by its id: most clients do so. */
  #ofToken(direction: Direction, token: RequestId): Building | undefined {
    const known = this.#tokens.get(keyOf(direction, token));
    return known ?? this.#openUnder(direction, token).find((exchange) => exchange.token === undefined);
  }

  #note(event: TracedEvent, exchange: Building): void {
    const { frame, seq } = event;
    if (frame?.kind === 'response') exchange.responseSeq ??= seq;
    if (frame?.method === 'notifications/progress') exchange.progress += 1;
    const went = event.sent?.some((sent) => sent.kind === 'request' && sent.direction === exchange.direction);
    if (went === true) exchange.sentSeq ??= seq;
  }

  #settle(event: TracedEvent, outcome: TracedOutcome, opened: Building | undefined): Building {
    const { direction, id, method } = outcome;
    const isOpened = opened !== undefined && opened.direction === direction && opened.id === id;
    const found = isOpened ? opened : this.#startedAt(direction, id, event.at - outcome.elapsedMs);
    if (found !== undefined) return this.#end(found, event, outcome.outcome, outcome.elapsedMs);
    const older: Building = { ...unopened(event, direction, id, method), isOlder: true };
    older.openedAt = event.at - outcome.elapsedMs;
    this.all.push(older);
    if (!this.ofEvent.has(event.seq)) this.ofEvent.set(event.seq, older);
    if (event.frame?.kind === 'response') older.responseSeq = event.seq;
    return this.#end(older, event, outcome.outcome, outcome.elapsedMs);
  }

  #end(exchange: Building, event: TracedEvent, outcome: Outcome, elapsedMs: number): Building {
    exchange.outcome = outcome;
    exchange.elapsedMs = elapsedMs;
    exchange.settledSeq = event.seq;
    exchange.settledAt = event.at;
    exchange.isOwnAnswer =
      event.decision !== 'committed' ||
      (event.sent ?? []).some(
        (sent) => sent.isOwn && sent.kind === 'response' && sent.direction !== exchange.direction,
      );
    this.#askable.delete(exchange);
    if (exchange.token !== undefined) this.#tokens.delete(keyOf(exchange.direction, exchange.token));
    this.#setOpen(
      exchange,
      this.#openUnder(exchange.direction, exchange.id).filter((other) => other !== exchange),
    );
    return exchange;
  }

  /** Of several that wait under one id, the one that is as old as was said. */
  #startedAt(direction: Direction, id: RequestId | null, time: number): Building | undefined {
    const distance = (exchange: Building): number => Math.abs(exchange.openedAt - time);
    return [...this.#openUnder(direction, id)].sort((one, other) => distance(one) - distance(other))[0];
  }

  #openUnder(direction: Direction, id: RequestId | null): readonly Building[] {
    return this.#open.get(keyOf(direction, id)) ?? [];
  }

  #setOpen({ direction, id }: Building, open: readonly Building[]): void {
    if (open.length === 0) this.#open.delete(keyOf(direction, id));
    else this.#open.set(keyOf(direction, id), open);
  }
}

function firstOf<Item>(items: Iterable<Item>, itemsMax: number): readonly Item[] {
  const first: Item[] = [];
  for (const item of items) if (first.push(item) === itemsMax) break;
  return first;
}

function unopened(event: TracedEvent, direction: Direction, id: RequestId | null, method: string): Building {
  return {
    seq: event.seq,
    isOlder: false,
    direction,
    id,
    method,
    name: undefined,
    openedAt: event.at,
    sentSeq: undefined,
    responseSeq: undefined,
    settledSeq: undefined,
    settledAt: undefined,
    outcome: undefined,
    elapsedMs: undefined,
    isOwnAnswer: false,
    progress: 0,
    during: [],
    token: undefined,
  };
}
