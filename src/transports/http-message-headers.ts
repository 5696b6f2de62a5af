/**
 * The headers under which one session's messages go to a server on HTTP: what the protocol wants said of a message, what is
 * passed on from the client that sent it, and what the user wants said. Knows no connections.
 */

import type { Delivery, ServerSession } from '../ports.ts';
import { type HeaderParams, headersOfCall, learnHeaderParams, noHeaderParams } from '../protocol/header-params.ts';
import { modernHeadersOf } from '../protocol/http-headers.ts';
import type { Frame } from '../protocol/envelope.ts';
import type { Exchange } from '../session/pending.ts';
import { traceHeadersOf } from './trace-headers.ts';

/** Names and values in turn, as the agent takes them. */
type HeaderList = string[];

/** What a client may say to the server through us: who it is, and which trace its request belongs to. */
const passedOn = ['authorization', 'user-agent', 'traceparent', 'tracestate', 'baggage'] as const;
/** What names a trace. */
const traceNames: ReadonlySet<string> = new Set(['traceparent', 'tracestate']);
const passedOnPrefix = 'mcp-param-';
/** Of these the last that a client said also holds for requests that are ours alone, such as that for its stream. */
const remembered = ['authorization', 'user-agent'] as const;

const json = 'application/json';
const eventStream = 'text/event-stream';
const ownUserAgent = 'ninelives';
const visibleAscii = /^[\x21-\x7e]+$/;

/** What is known of a server's tools by all who have a session with it. */
export interface ListedTools {
  headerParams: HeaderParams;
}

export class HttpMessageHeaders {
  /** The user's, which win. */
  readonly #chosen: ReadonlyMap<string, string>;
  readonly #tools: ListedTools;
  readonly #tracesRequests: boolean;
  readonly #lastSaid = new Map<string, string>();
  /** The session was begun here, and is one client's: what that said once holds for all of it. */
  #isOneClients = false;
  #sessionId: string | undefined;
  #protocolVersion: string | undefined;
  /** Of a legacy message that came through no exchange: the same for all of them. */
  #plain: HeaderList | undefined;

  /** @param tracesRequests a request is sent under the trace that its message names, whatever its client said in headers. */
  constructor(
    chosen: ReadonlyMap<string, string>,
    tools: ListedTools = { headerParams: noHeaderParams },
    tracesRequests = false,
  ) {
    this.#chosen = chosen;
    this.#tools = tools;
    this.#tracesRequests = tracesRequests;
  }

  /** Whether all that is said here is said by one client, in the order in which it came. */
  get isOneClients(): boolean {
    return this.#isOneClients;
  }

  get sessionId(): string | undefined {
    return this.#sessionId;
  }

  /** As whom our own requests go. */
  get authorization(): string | undefined {
    return this.#chosen.get('authorization') ?? this.#lastSaid.get('authorization');
  }

  /** From the response to `initialize`. What is no id is none: it could not be sent back. */
  beginSession(sessionId: string | undefined): void {
    this.#sessionId = sessionId !== undefined && visibleAscii.test(sessionId) ? sessionId : undefined;
    this.#plain = undefined;
  }

  /** What the answer to `initialize` says. */
  negotiated(protocolVersion: string): void {
    this.#protocolVersion = protocolVersion;
    this.#plain = undefined;
  }

  /** What the client said in headers of the session's other messages: it is said again where the next link asks by itself. */
  get heritage(): ReadonlyMap<string, string> {
    return this.#lastSaid;
  }

  inherit(heritage: ReadonlyMap<string, string>): void {
    for (const [name, value] of heritage) this.#lastSaid.set(name, value);
  }

  /** With what was said elsewhere: the session is one client's, and stands. */
  goOn({ id, protocolVersion }: ServerSession): void {
    this.#isOneClients = true;
    this.beginSession(id);
    this.negotiated(protocolVersion);
  }

  /** What the server has to be told by whoever goes on with its session; none before the handshake. */
  get serverSession(): ServerSession | undefined {
    if (this.#protocolVersion === undefined) return undefined;
    const session = { protocolVersion: this.#protocolVersion };
    return this.#sessionId === undefined ? session : { ...session, id: this.#sessionId };
  }

  /** What an answer to `tools/list` says that calls have to say in headers; their clients may know of none. */
  listed(answer: Uint8Array): void {
    this.#tools.headerParams = learnHeaderParams(this.#tools.headerParams, answer);
  }

  /** Of a message. Not to be changed. */
  ofMessage(about: Delivery): HeaderList {
    const list = this.#ofMessage(about);
    const frame = about.type === 'send' ? about.frame : undefined;
    return this.#tracesRequests && frame !== undefined ? this.#traced(list, frame) : list;
  }

  #traced(list: HeaderList, frame: Frame): HeaderList {
    const trace = traceHeadersOf(frame);
    if (trace === undefined || this.#chosen.has('traceparent')) return list;
    const said = list.filter((_, at) => !traceNames.has(list[at - (at % 2)]!));
    return [...said, ...[...trace].flat()];
  }

  #ofMessage(about: Delivery): HeaderList {
    const frame = about.type === 'send' ? about.frame : undefined;
    const exchange = about.type === 'send' ? about.exchange : about.entry.exchange;
    const modern = frame === undefined ? undefined : modernHeadersOf(frame);
    if (modern === undefined && frame?.envelope.method === 'initialize') this.#isOneClients = true;
    if (modern === undefined) return exchange === undefined ? (this.#plain ??= this.#legacy()) : this.#legacy(exchange);
    const said = new Map([
      ['content-type', json],
      ['accept', `${json}, ${eventStream}`],
      ['mcp-protocol-version', modern.protocolVersion],
      ['mcp-method', modern.method],
    ]);
    if (modern.name !== undefined) said.set('mcp-name', modern.name);
    // A client over HTTP has said them itself, and if not, that is for the server to see.
    const params = exchange === undefined ? headersOfCall(frame!, this.#tools.headerParams) : [];
    for (const [name, value] of params) said.set(name, value);
    return this.#list(said, exchange);
  }

  /**
   * Of a request for a stream of events.
   * @param exchange of the request whose answer the stream goes on with.
   */
  ofStream(lastEventId: string | undefined, exchange?: Exchange): HeaderList {
    const said = new Map([['accept', eventStream]]);
    if (lastEventId !== undefined) said.set('last-event-id', latin1Of(lastEventId));
    return this.#list(this.#withSession(said), exchange);
  }

  /** Of the request that ends the session. */
  ofEnd(): HeaderList {
    return this.#list(this.#withSession(new Map()), undefined);
  }

  #legacy(exchange?: Exchange): HeaderList {
    const said = this.#withSession(
      new Map([
        ['content-type', json],
        ['accept', `${json}, ${eventStream}`],
      ]),
    );
    // A client says which revision it holds to, and the server may make a difference of it.
    const version = exchange?.header('mcp-protocol-version');
    if (version !== undefined) said.set('mcp-protocol-version', version);
    return this.#list(said, exchange);
  }

  #withSession(said: Map<string, string>): Map<string, string> {
    if (this.#sessionId !== undefined) said.set('mcp-session-id', this.#sessionId);
    if (this.#protocolVersion !== undefined) said.set('mcp-protocol-version', this.#protocolVersion);
    return said;
  }

  #list(said: Map<string, string>, exchange: Exchange | undefined): HeaderList {
    said.set('user-agent', ownUserAgent);
    if (exchange === undefined) for (const [name, value] of this.#lastSaid) said.set(name, value);
    else this.#passOn(exchange, said);
    for (const [name, value] of this.#chosen) said.set(name, value);
    return [...said].flat();
  }

  #passOn(exchange: Exchange, said: Map<string, string>): void {
    for (const name of passedOn) {
      const value = exchange.header(name);
      if (value !== undefined) said.set(name, value);
    }
    for (const [name, value] of exchange.headersWith(passedOnPrefix)) said.set(name, value);
    if (!this.#isOneClients) return;
    for (const name of remembered) {
      const value = exchange.header(name);
      if (value !== undefined) this.#lastSaid.set(name, value);
    }
    this.#plain = undefined;
  }
}

/** An id of an event is text, and goes as its UTF-8 bytes: a header has no other. */
function latin1Of(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
