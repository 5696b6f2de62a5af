/** What the streamable HTTP front is told: whom it asks for sessions, and the limits and times that it keeps to. */

import type { Clock, ExchangeLink, Log } from '../ports.ts';
import type { Frame } from '../protocol/envelope.ts';
import type { ReadLimits } from '../protocol/read.ts';
import type { OpenResult } from '../runtime/api.ts';
import type { Recollection } from '../runtime/handover.ts';
import type { SessionMethod } from '../runtime/tracer.ts';
import type { Claims } from '../session/interception.ts';
import type { Exchange } from '../session/pending.ts';
import type { BufferedBytes } from '../session/buffered-bytes.ts';
import type { Limits } from '../session/limits.ts';
import type { DoorPolicy } from './door.ts';
import type { HttpElsewhere, Reopen } from './http-elsewhere.ts';
import type { FrontRequest, FrontResponse } from './http-messages.ts';

/** Who sends a request. A session belongs to who opened it: to everybody else there is no such session (P20). */
export interface HttpVisitor {
  /** Never taken from what the request says about itself without proof. */
  readonly principal: string | undefined;
  readonly route: string | undefined;
  /** Whose exchanges without a session id belong together. */
  readonly key: string;
  /** Headers, in lower case, that were for the front alone, such as the proof of who this is: nobody behind it sees them. */
  readonly ownHeaders?: ReadonlySet<string>;
  /** What the proof says besides of who this is. */
  readonly claims?: Claims | undefined;
}

/** Why somebody is not let in. */
export interface TurnedAway {
  readonly status: number;
  /** A sentence for the client's developer. */
  readonly reason: string;
  /** For `WWW-Authenticate`: what to come with. */
  readonly challenge: string | undefined;
}

export type Identified = HttpVisitor | { readonly turnedAway: TurnedAway };

/** Says who sends a request: at once where it can, since most requests come from somebody who is known. */
export type Identify<Request extends FrontRequest = FrontRequest> = (
  request: Request,
) => Identified | Promise<Identified>;

/**
 * - `legacy`: a client shook hands, and names its session from then on.
 * - `logical`: exchanges that name no session, grouped by their visitor's key.
 */
export type HttpSessionKind = 'legacy' | 'logical';

export interface SessionAsked {
  readonly kind: HttpSessionKind;
  readonly visitor: HttpVisitor;
  /** What `Runtime.open` is to be given as the client. */
  readonly client: ExchangeLink;
  /** The one that asks, for its headers. */
  readonly exchange?: Exchange | undefined;
  /** The id that it has to have, where that was agreed on with other nodes. */
  readonly sessionId?: string | undefined;
  /** What another node knew of it. */
  readonly recollection?: Recollection | undefined;
}

/** Where sessions come from. Which server is behind them is nothing that the front knows. */
export interface HttpSessions {
  open(asked: SessionAsked): OpenResult;
  /** Somebody names a session that is not there, or not for them; it is refused. */
  strayed?(sessionId: string, said: Frame | SessionMethod): void;
}

/** A request that names a session which is not here. */
export interface Strayed {
  readonly request: FrontRequest;
  readonly response: FrontResponse;
  readonly visitor: HttpVisitor;
  readonly sessionId: string;
  readonly body: Uint8Array;
  /** Of the one request in it, as JSON text. */
  readonly idToken: string | undefined;
  /** Nobody has the session: it is answered as where there is one node. */
  readonly unknown: () => void;
}

/** The way to other nodes. */
export interface HttpCarrier {
  readonly elsewhere: HttpElsewhere;
  carry(strayed: Strayed): void;
}

/** What a front has for it. */
export interface CarrierSurroundings {
  /** Serves a request here. */
  readonly serve: (request: FrontRequest, response: FrontResponse, visitor: HttpVisitor) => void;
  readonly reopen: Reopen;
  readonly clock: Clock;
  readonly log: Log;
  readonly buffers: BufferedBytes;
  readonly patienceMs: number;
}

export interface HttpLimits {
  readonly connectionsMax: number;
  /** Of all headers of a request together. */
  readonly headerBytesMax: number;
  /** Requests that one connection may have under way: HTTP/1.1 lets a client send them ahead. */
  readonly pipelinedMax: number;
  /** Events of one session that are kept for clients that come back. */
  readonly replayEventsMax: number;
  readonly replayBytesMax: number;
  /** The same of all sessions together. */
  readonly replayTotalBytesMax: number;
}

export const defaultHttpLimits: HttpLimits = {
  connectionsMax: 10_000,
  headerBytesMax: 16 * 1024,
  pipelinedMax: 32,
  replayEventsMax: 256,
  replayBytesMax: 1024 * 1024,
  replayTotalBytesMax: 64 * 1024 * 1024,
};

export interface HttpTimes {
  /** For a client to send the headers of a request, and for it to send the whole of it. */
  readonly headersMs: number;
  readonly requestMs: number;
  /** How long a connection without requests stays open. */
  readonly keepAliveMs: number;
  /** The longest that a stream is silent. */
  readonly heartbeatMs: number;
  /** A request that has waited so long is answered in a stream, which a legacy client may resume. */
  readonly streamAfterMs: number;
  /** How long a server's question waits for the client to open a stream. */
  readonly standaloneGraceMs: number;
  /** How long what was said on a stream that has ended is kept for a client that did not hear it all. */
  readonly resumableMs: number;
  /** What clients are told about when to come back to a stream that broke off. */
  readonly retryMs: number;
  /** How long a client may take nothing of what waits for it before it is cut off. */
  readonly patienceMs: number;
}

export const defaultHttpTimes: HttpTimes = {
  headersMs: 10_000,
  requestMs: 120_000,
  keepAliveMs: 60_000,
  heartbeatMs: 25_000,
  streamAfterMs: 5_000,
  standaloneGraceMs: 5_000,
  resumableMs: 60_000,
  retryMs: 1_000,
  patienceMs: 30_000,
};

/** What is other than usual about a front; what is left out is as it is by default. */
export interface FrontTuning {
  readonly limits?: Partial<HttpLimits>;
  readonly times?: Partial<HttpTimes>;
}

/** What every front is told, whatever carries its requests. */
export interface HttpEntranceOptions extends FrontTuning {
  /** Where MCP is served: `/mcp`. `*`: every request is for MCP, and there are no probes. */
  readonly path?: string;
  readonly door: DoorPolicy;
  readonly sessions: HttpSessions;
  /** Makes the way to other nodes that serve the same sessions. Whoever has none loads nothing of it. */
  readonly carrier?: ((around: CarrierSurroundings) => HttpCarrier) | undefined;
  /** A legacy request that names no session: refused, or passed to the visitor's logical session. */
  readonly sessionless?: 'refuse' | 'pass';
  /** Pages that the door lets in may read the answers. */
  readonly allowsPages?: boolean;
  /** What anybody may read whom the door lets in: JSON texts by their paths. */
  readonly documents?: ReadonlyMap<string, (request: FrontRequest) => string>;
  /** Why the front should not be sent traffic, in one line; undefined when it may. */
  readonly unreadiness?: () => string | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** The limits of sessions that concern the front: the same as the runtime's. */
  readonly sessionLimits?: Partial<Pick<Limits, 'frameBytesMax' | 'bufferPauseBytes' | 'bufferBytesMax'>>;
  /** Where what waits in the front is counted, beside what waits in its sessions: not at all unless it is said. */
  readonly buffers?: BufferedBytes | undefined;
  readonly readLimits?: Partial<ReadLimits>;
}

export interface HttpFrontOptions extends HttpEntranceOptions {
  /** The address to listen on, and the port; 0 takes a free one. */
  readonly host: string;
  readonly port: number;
  /** Says who a visitor is. Everybody is the same nobody unless told otherwise. */
  readonly identify?: Identify;
  /** PEM texts: then the front speaks TLS. */
  readonly tls?: { readonly key: string; readonly cert: string };
}
