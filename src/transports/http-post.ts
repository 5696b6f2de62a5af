/**
 * One message of the client on its way to a server on HTTP, and what comes back for it: until a request has its answer, also
 * through the streams that go on with the first one where that ended before (2025-11-25, basic/transports, resumability).
 * Decides what an answer is; what follows from there being none is decided by its link.
 */

import type { Clock, TimerHandle } from '../ports.ts';
import { readInitializeResult } from '../protocol/bodies.ts';
import type { ReadFault } from '../protocol/faults.ts';
import type { SseEvent } from '../protocol/sse-read.ts';
import { decodeText } from '../protocol/text.ts';
import type { CancelEffect, SendEffect } from '../session/effects.ts';
import { listen } from '../session/limits.ts';
import type { PendingEntry, Via } from '../session/pending.ts';
import type { HttpMessageHeaders } from './http-message-headers.ts';
import type { Departing, DepartureKind } from './http-order.ts';
import { type Refusal, excerpt, isAnswerTo, readRefusal } from './http-refusal.ts';
import type { HttpRequests } from './http-requests.ts';
import type { HttpResponse, ResponseHead, ResponseListener } from './http-response.ts';
import type { RefusedMessage } from './http-session-loss.ts';

/** What a post needs of its link, and tells it. */
export interface PostOffice {
  readonly clock: Clock;
  readonly requests: HttpRequests;
  readonly headers: HttpMessageHeaders;
  isSessionLost(refused: RefusedMessage): boolean;
  /** The server has said something, whatever it is. */
  reached(): void;
  message(bytes: Uint8Array, via: Via): void;
  /** The server ended the response before the answer, and is asked to go on with it. */
  parted(request: PendingEntry): void;
  unreadable(fault: ReadFault, bytes: number, via: Via): void;
  left(post: Post): void;
  /** The server has begun to answer it, or will not. Once for each post that has left. */
  taken(post: Post): void;
  /** It takes no room any more. Once for each post that has left. */
  arrived(post: Post): void;
  /** Nothing comes back for it any more. Once for each post that has left, unless it was given up. */
  ended(post: Post, end: PostEnd): void;
}

/**
 * - `answered`: the request has its outcome, or the note was taken.
 * - `unsent`: the server has certainly not seen it.
 * - `session-lost`: the server does not know the session. `isExecuted` false: so it has not executed this message.
 * - `unanswered`: there is no answer, and none will come.
 */
export type PostEnd =
  | { readonly kind: 'answered' }
  | { readonly kind: 'unsent'; readonly error: Error }
  | { readonly kind: 'session-lost'; readonly isExecuted: boolean; readonly refusal: Refusal }
  | { readonly kind: 'unanswered'; readonly reason: string; readonly status: number; readonly error?: Error };

const answered: PostEnd = { kind: 'answered' };

/** Before a stream that ended is gone on with, where the server names no time. */
const resumeDefaultMs = 1000;
/** So often a stream is gone on with in vain: without anything new in it. */
const resumesMax = 2;

const openBrace = 0x7b;
const openBracket = 0x5b;

export class Post implements Departing, ResponseListener {
  readonly about: SendEffect | CancelEffect;
  /** Among all posts of its link, in the order in which they were written. */
  readonly number: number;
  readonly body: Buffer;
  readonly departs: DepartureKind;
  /** The request that it brings; none for what needs no answer. */
  readonly entry: PendingEntry | undefined;
  /** The server has taken it. */
  isAccepted = false;
  /** It was seen open after its request had its outcome. */
  isLeftOpen = false;
  readonly #office: PostOffice;
  /** The message named our session, so that the server's word about the session is about ours. */
  #namesSession = false;
  #response: HttpResponse | undefined;
  #hasLeft = false;
  #hasStarted = false;
  #isTaken = false;
  #hasArrived = false;
  #via: Via | undefined;
  #lastEventId: string | undefined;
  #retryMs = resumeDefaultMs;
  #vainResumes = 0;
  #resumption: TimerHandle;

  constructor(office: PostOffice, about: SendEffect | CancelEffect, message: readonly Uint8Array[], number: number) {
    this.#office = office;
    this.about = about;
    this.number = number;
    this.body = bodyOf(message);
    this.entry = about.type === 'send' && about.kind === 'request' ? about.entry : undefined;
    this.departs = departureOf(about, this.entry);
  }

  get bytes(): number {
    return this.body.length;
  }

  /** It is being written to a connection, or was. */
  get hasStarted(): boolean {
    return this.#hasStarted;
  }

  /** Its request still waits for an answer. */
  get isWaiting(): boolean {
    return this.entry !== undefined && !this.entry.isTaken && this.entry.state === 'open';
  }

  leave(): void {
    const { requests, headers } = this.#office;
    const isNote = this.entry === undefined;
    this.#hasLeft = true;
    this.#office.left(this);
    this.#namesSession = headers.sessionId !== undefined && this.entry?.isModern !== true;
    this.#response = requests.send(
      isNote ? 'notes' : this.departs === 'stream' ? 'streams' : 'calls',
      { method: 'POST', headers: headers.ofMessage(this.about), body: this.body },
      this,
    );
  }

  /** Nothing more is wanted of it, and nothing more is told. */
  giveUp(): void {
    this.#office.clock.clearTimeout(this.#resumption);
    this.#response?.abort();
    if (this.#hasLeft) this.#arrive();
  }

  // --- the response -----------------------------------------------------------------------------------------------

  started(): void {
    this.#hasStarted = true;
  }

  head(head: ResponseHead): void {
    const { status } = head;
    this.#office.reached();
    this.#via = { exchange: undefined, request: this.entry, status };
    if (this.departs === 'handshake' && status < 300) {
      this.#office.headers.beginSession(head.header('mcp-session-id'));
    }
    const exchange = this.entry?.exchange;
    if (exchange !== undefined && (head.status === 401 || head.status === 403)) {
      exchange.challenge = head.header('www-authenticate');
    }
    // What a refusal means for those behind it is in its body.
    if (status >= 300) return;
    this.isAccepted = true;
    if (this.entry === undefined) this.#arrive();
    else this.#take();
  }

  event({ data, id, retryMs }: SseEvent): void {
    if (retryMs !== undefined) this.#retryMs = retryMs;
    if (id !== undefined) this.#lastEventId = id;
    this.#vainResumes = 0;
    if (data !== undefined && data.length > 0) this.#hear(data);
  }

  oversize(fault: ReadFault, bytes: number, { id }: SseEvent): void {
    if (id !== undefined) this.#lastEventId = id;
    this.#office.unreadable(fault, bytes, this.#via!);
  }

  ended(head: ResponseHead, body: Uint8Array | 'too-large' | undefined): void {
    const { status } = head;
    if (body === undefined) this.#streamEnded('The event stream ended before the answer came');
    else if (body === 'too-large') {
      this.#office.unreadable(tooLarge, this.#office.requests.messageBytesMax, this.#via!);
      this.#end(answered);
    } else if (status >= 300) this.#refused(readRefusal(head, body));
    else if (this.entry === undefined) this.#end(answered);
    else if (isJson(body)) {
      this.#hear(body);
      this.#end(this.isWaiting ? unanswered('The response has no answer to the request', status) : answered);
    } else {
      const type = head.header('content-type') ?? 'no content type';
      const what = body.length === 0 ? 'nothing' : `${excerpt(type)}: ${excerpt(decodeText(body))}`;
      this.#end(unanswered(`HTTP ${status} with ${what}`, status));
    }
  }

  failed(error: Error, wasStarted: boolean): void {
    if (!wasStarted) this.#end({ kind: 'unsent', error });
    else if (this.#isResumable) this.#streamEnded('');
    else this.#end({ kind: 'unanswered', reason: '', status: 0, error });
  }

  #hear(data: Uint8Array): void {
    if (this.departs === 'handshake') {
      const version = readInitializeResult(data)?.protocolVersion;
      if (version !== undefined) this.#office.headers.negotiated(version);
    } else if (this.#listsTools) this.#office.headers.listed(data);
    this.#office.message(data, this.#via!);
    if (this.departs === 'handshake' && !this.isWaiting) this.#arrive();
  }

  #refused(refusal: Refusal): void {
    const { error, reason, status } = refusal;
    const { entry } = this;
    if (this.#namesSession && this.#office.isSessionLost(refusal)) {
      this.#end({ kind: 'session-lost', isExecuted: false, refusal });
    } else if (entry !== undefined && error !== undefined && isAnswerTo(error, entry.sentId)) {
      this.#hear(error.bytes);
      this.#end(this.isWaiting ? unanswered(reason, status) : answered);
    } else this.#end(unanswered(reason, status));
  }

  /** For a client that sees no headers, and so cannot know what its calls have to say in them. */
  get #listsTools(): boolean {
    const { entry } = this;
    return entry?.method === 'tools/list' && entry.isModern && entry.exchange === undefined;
  }

  // --- going on with a stream ---------------------------------------------------------------------------------------

  get #isResumable(): boolean {
    return this.#lastEventId !== undefined && this.#lastEventId !== '';
  }

  #streamEnded(why: string): void {
    this.#arrive();
    if (!this.isWaiting) this.#end(answered);
    else if (!this.#isResumable) this.#end(unanswered(why, 0));
    else if (this.#vainResumes === resumesMax) {
      this.#end(
        unanswered(
          `The event stream ended before the answer came, and was taken up again ${resumesMax} times in vain`,
          0,
        ),
      );
    } else {
      this.#vainResumes += 1;
      if (why !== '') this.#office.parted(this.entry!);
      this.#resumption = this.#office.clock.setTimeout(() => this.#resume(), this.#retryMs);
    }
  }

  #resume(): void {
    if (!this.isWaiting) {
      this.#end(answered);
      return;
    }
    const { requests, headers } = this.#office;
    this.#response = requests.send(
      'streams',
      { method: 'GET', headers: headers.ofStream(this.#lastEventId, this.entry?.exchange), body: null },
      {
        head: () => this.#office.reached(),
        event: (event) => this.event(event),
        oversize: (fault, bytes, event) => this.oversize(fault, bytes, event),
        ended: (head, body) => this.#resumeEnded(head, body),
        failed: () => this.#streamEnded(''),
      },
    );
  }

  #resumeEnded(head: ResponseHead, body: Uint8Array | 'too-large' | undefined): void {
    if (body === undefined) {
      this.#streamEnded('');
      return;
    }
    const refusal = readRefusal(head, body === 'too-large' ? new Uint8Array(0) : body);
    if (this.#namesSession && this.#office.isSessionLost(refusal)) {
      this.#end({ kind: 'session-lost', isExecuted: true, refusal });
    } else this.#end(unanswered(`The event stream ended before the answer came: ${refusal.reason}`, head.status));
  }

  #take(): void {
    if (this.#isTaken) return;
    this.#isTaken = true;
    this.#office.taken(this);
  }

  #arrive(): void {
    this.#take();
    if (this.#hasArrived) return;
    this.#hasArrived = true;
    this.#office.arrived(this);
  }

  #end(end: PostEnd): void {
    this.#office.ended(this, end);
    this.#arrive();
  }
}

function unanswered(reason: string, status: number): PostEnd {
  return { kind: 'unanswered', reason, status };
}

const tooLarge: ReadFault = {
  fault: 'frame-too-large',
  reason: 'The response is larger than the limit.',
  expectsAnswer: false,
  isAnswer: true,
  idToken: undefined,
};

function departureOf(about: SendEffect | CancelEffect, entry: PendingEntry | undefined): DepartureKind {
  if (entry === undefined) return about.type === 'send' && about.kind === 'response' ? 'answer' : 'notification';
  if (entry.budget === listen) return 'stream';
  return entry.method === 'initialize' && !entry.isModern ? 'handshake' : 'call';
}

/** One piece is cheaper for the agent than several, and copying costs less than what it does with a list. */
function bodyOf(message: readonly Uint8Array[]): Buffer {
  const [part] = message;
  if (message.length !== 1 || part === undefined) return Buffer.concat(message);
  return Buffer.from(part.buffer, part.byteOffset, part.byteLength);
}

/** Whatever the server calls it. */
function isJson(body: Uint8Array): boolean {
  const first = body.find((byte) => byte > 0x20);
  return first === openBrace || first === openBracket;
}
