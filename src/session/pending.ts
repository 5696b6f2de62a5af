/**
 * A request that waits for its answer, and the exchange that it came in. An entry remembers what its request was, so that a
 * response is classified by its request and never by its shape.
 *
 * A client on streamable HTTP opens one exchange for each POST, and the answers to the requests in it go back through the
 * same one; a server on HTTP answers each request in a response of its own. On a connection (stdio, WebSocket) there is one
 * way only, and no exchanges exist.
 */

import { idTokenOf } from '../protocol/encode.ts';
import type { Direction, Frame, RequestId } from '../protocol/envelope.ts';
import type { IdKey } from '../protocol/ids.ts';
import type { Alarm, RequestDeadline } from './deadlines.ts';
import type { Claims } from './interception.ts';
import type { Budget } from './limits.ts';
import type { RequestTimes } from './profiles.ts';

/**
 * `held`: accepted, not yet sent on. `open`: sent, waiting. `answering`: its response is held for a decision. `dropped`:
 * accepted and never sent on.
 */
export type EntryState = 'held' | 'open' | 'answering' | 'dropped';

export interface EntryFacts {
  /** Of the id under which it is sent on. */
  readonly key: IdKey;
  /** The id that its requester gave it. */
  readonly id: RequestId;
  readonly direction: Direction;
  readonly method: string;
  readonly budget: Budget;
  readonly startedAt: number;
  readonly times: RequestTimes;
  /** The progress token under which it is sent on. */
  readonly progressToken: RequestId | undefined;
  /** What it is called on its way, where that is not what its requester calls it; or the exchange that it belongs to. */
  readonly passage: Passage | undefined;
  readonly asksTask: boolean;
  readonly isModern: boolean;
  /** A request of the runtime's own (a replayed handshake): its answer is consumed here and never forwarded. */
  readonly isOwn: boolean;
  /** The request itself, where its answer has to be read together with it. */
  readonly remembers: Frame | undefined;
}

/** One request that waits for its answer. Doubles as its own timer node and names its session to the wheel. */
export class PendingEntry implements Alarm, RequestDeadline, EntryFacts {
  readonly sessionId: string;
  readonly key: IdKey;
  readonly id: RequestId;
  readonly direction: Direction;
  readonly method: string;
  readonly budget: Budget;
  readonly startedAt: number;
  readonly times: RequestTimes;
  readonly progressToken: RequestId | undefined;
  readonly passage: Passage | undefined;
  readonly asksTask: boolean;
  readonly isModern: boolean;
  readonly isOwn: boolean;
  remembers: Frame | undefined;
  /** Of a server's request: the client's request in whose course it was asked, by the id that the client gave it. */
  parent: RequestId | undefined = undefined;
  /** On the session's idle clock, which stands still while the peer waits for an answer to a request of its own. */
  lastActivityAt: number;
  state: EntryState;
  /** Settled by a unit of work: not found again, and out of the table once that unit commits. */
  isTaken = false;
  /** Its place among all that entered the table. */
  order = 0;
  /** How long it was held before it was sent on, in whole milliseconds. */
  heldMs = 0;
  dueAt = Infinity;
  alarmPrevious: Alarm | null = null;
  alarmNext: Alarm | null = null;

  constructor(sessionId: string, facts: EntryFacts, idleClockNow: number, state: EntryState) {
    this.sessionId = sessionId;
    this.key = facts.key;
    this.id = facts.id;
    this.direction = facts.direction;
    this.method = facts.method;
    this.budget = facts.budget;
    this.startedAt = facts.startedAt;
    this.times = facts.times;
    this.progressToken = facts.progressToken;
    this.passage = facts.passage;
    this.asksTask = facts.asksTask;
    this.isModern = facts.isModern;
    this.isOwn = facts.isOwn;
    this.remembers = facts.remembers;
    this.lastActivityAt = idleClockNow;
    this.state = state;
  }

  get alarmKind(): 'request' {
    return 'request';
  }

  /** The id's JSON text, echoed in every answer that we make ourselves. */
  get idToken(): string {
    return idTokenOf(this.id);
  }

  /** The id under which its answerer knows it. */
  get sentId(): RequestId {
    return this.passage === undefined ? this.id : this.passage.sentId;
  }

  /** It goes on under another id than its requester's, even where the two happen to be equal. */
  get isRenamed(): boolean {
    const { passage } = this;
    return passage !== undefined && (this.direction === 'client-to-server' || passage.sentId !== this.id);
  }

  /** The progress token by which its requester knows it. */
  get requesterToken(): RequestId | undefined {
    return this.passage === undefined ? this.progressToken : this.passage.requesterToken;
  }

  get exchange(): Exchange | undefined {
    return this.passage?.exchange;
  }

  get idleMs(): number {
    return this.times.idleMs;
  }

  get absoluteMs(): number {
    return this.times.absoluteMs;
  }
}

/** How a frame came. */
export interface Via {
  /** Of a client's frame: the exchange that brought it. */
  readonly exchange: Exchange | undefined;
  /** Of a server's frame: the request in whose answer it came, which need not be the request that it answers. */
  readonly request: PendingEntry | undefined;
  /** Of a server's frame: the HTTP status that came with it; 0 where there was none. */
  readonly status: number;
}

/** What a request is called on its way, where its requester's names for it might meet those of another request. */
export interface Passage {
  /** The client's exchange that it came in, or in which it was put to the client. */
  readonly exchange: Exchange | undefined;
  /** The id under which it was sent on. */
  readonly sentId: RequestId;
  /** The progress token that its requester chose; it was sent on under another where this one could meet its like (R8). */
  readonly requesterToken: RequestId | undefined;
}

/** Headers of the client that brought a message, by name in lower case, for transports that pass some of them on. */
export type ExchangeHeaders = (name: string) => string | undefined;

/** Those of its headers whose names begin so, for names that cannot be listed (`mcp-param-`). */
export type ExchangeHeadersWith = (prefix: string) => readonly (readonly [name: string, value: string])[];

/**
 * One POST of a client and everything that is sent in answer to it. Its front extends it with its response. Ids of requests
 * are unique within an exchange at most (claude.ai sends every request with the id 1), so a session that has exchanges gives
 * its requests ids of its own towards the server.
 */
export class Exchange implements Via {
  /** Its requests that wait for an answer. Changed at commit only. */
  readonly waiting: PendingEntry[] = [];
  /** The client's headers, by name in lower case. */
  readonly header: ExchangeHeaders;
  readonly headersWith: ExchangeHeadersWith;
  /** How the client may prove who it is (`WWW-Authenticate`), from a server on HTTP that did not let it in. */
  challenge: string | undefined = undefined;

  /** What the token that came with it says of its client, as its door has verified it; undefined where that is not known. */
  readonly claims: Claims | undefined;
  /** Kept by a tracer: what it calls the exchange. */
  trace: unknown = undefined;

  constructor(header: ExchangeHeaders = () => undefined, headersWith: ExchangeHeadersWith = () => [], claims?: Claims) {
    this.header = header;
    this.headersWith = headersWith;
    this.claims = claims;
  }

  get exchange(): this {
    return this;
  }

  get request(): undefined {
    return undefined;
  }

  get status(): number {
    return 0;
  }
}
