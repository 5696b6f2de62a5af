/**
 * What clients post: from the body of a POST to the session that its messages are for. The era is decided message by message, by
 * what the message says of itself first (2026-07-28, basic/versioning). Knows what a request may be, not what becomes of its
 * messages.
 */

import { type Refusal, refusal } from '../errors.ts';
import type { Log } from '../ports.ts';
import { readInitializeParams } from '../protocol/bodies.ts';
import { idTokenOf } from '../protocol/encode.ts';
import type { Frame } from '../protocol/envelope.ts';
import { type ReadFault, isFault } from '../protocol/faults.ts';
import { validateModernHeaders } from '../protocol/http-headers.ts';
import { type ReadLimits, isBatch, readMessage, readMessages } from '../protocol/read.ts';
import { revisionRow } from '../protocol/revisions.ts';
import { retryAfterMs } from '../session/limits.ts';
import { answerEmpty, failed, refuse } from './http-answers.ts';
import type { Reopening } from './http-elsewhere.ts';
import { firstModern, isLegacyRevision, namesModern, understandsPriming } from './http-eras.ts';
import { type ExchangeFacts, HttpExchange } from './http-exchange.ts';
import type { HttpCarrier, HttpSessionKind, HttpSessions, HttpVisitor } from './http-front-options.ts';
import type { Intake } from './http-intake.ts';
import { acceptsBoth, isJsonContent, prefersEvents } from './http-media.ts';
import type { BodyTaker, FrontRequest, FrontResponse, ResponseOwner } from './http-messages.ts';
import { refuseAccept, refuseAs, refuseFault, refuseHeaders, refuseRevision, refuseUnknown } from './http-refusals.ts';
import { HttpSession, type SessionSurroundings } from './http-session.ts';
import type { SessionTable } from './http-session-table.ts';

/** Bodies up to here are read as they come: what they take together is bounded by the connections there are. */
const shortBytesMax = 64 * 1024;

const noBytes = new Uint8Array(0);

export interface InboundOptions {
  readonly sessions: HttpSessions;
  /** To other nodes, which may have what is not here. */
  readonly carrier?: HttpCarrier | undefined;
  readonly passesSessionless: boolean;
  readonly bodyBytesMax: number;
  readonly readLimits: ReadLimits;
  readonly surroundings: SessionSurroundings;
  readonly log: Log;
}

export class Inbound {
  readonly #options: InboundOptions;
  readonly #sessions: SessionTable;

  constructor(options: InboundOptions, sessions: SessionTable) {
    this.#options = options;
    this.#sessions = sessions;
  }

  post(request: FrontRequest, response: FrontResponse, visitor: HttpVisitor): void {
    if (!isJsonContent(request.contentType)) {
      refuseAs(response, 415, 'The Content-Type of a POST is application/json');
      return;
    }
    if (request.contentEncoding !== undefined && request.contentEncoding.toLowerCase() !== 'identity') {
      refuseAs(response, 415, 'A body is taken as it is, without Content-Encoding');
      return;
    }
    const session = this.#sessions.named(request.sessionId, visitor);
    const post = new Post(request, response, visitor, session, this);
    const { bodyBytesMax } = this.#options;
    if (session === undefined) readBody(post, bodyBytesMax);
    else this.#readInTurn(post, session);
  }

  /** A server that does not keep up is not sent more: the client is left to wait in its own socket. */
  #readInTurn(post: Post, { intake }: HttpSession): void {
    const { bodyBytesMax } = this.#options;
    const length = Number(post.request.contentLength ?? bodyBytesMax);
    if (length <= shortBytesMax && intake.isOpen) readBody(post, bodyBytesMax);
    else post.readInTurn(intake, length, bodyBytesMax);
  }

  broken({ response }: Post, status: 400 | 408): void {
    refuseAs(response, status, status === 408 ? 'The body took too long to come' : 'The body broke off');
  }

  tooLarge({ response }: Post): void {
    const limitBytes = this.#options.bodyBytesMax;
    refuse(response, refusal('FRAME_TOO_LARGE', { reason: 'The body is larger than a message may be', limitBytes }));
  }

  /** Whatever goes wrong on our side is answered, and harms nobody else. */
  take(post: Post, body: Uint8Array): void {
    const intake = post.session?.intake;
    if (intake === undefined || intake.isOpen) this.#takeNow(post, body);
    else if (!intake.feed(body.length, () => this.#takeNow(post, body))) refuseWaiting(post.response);
  }

  #takeNow(post: Post, body: Uint8Array): void {
    if (post.response.destroyed) return;
    if (this.#options.carrier !== undefined && post.session === undefined) post.body = body;
    try {
      if (isBatch(body)) this.#takeBatch(post, readMessages(body, this.#options.readLimits), body.length);
      else this.#takeOne(post, readMessage(body, this.#options.readLimits), body.length);
    } catch (error) {
      this.#options.log.error({ error }, 'a request could not be served');
      failed(post.response);
    }
  }

  #takeOne(post: Post, read: Frame | ReadFault, bytes: number): void {
    const { protocolVersion } = post.request;
    if (isFault(read)) {
      if (post.session === undefined) this.#faulty(post, read);
      else this.#toLegacy(post, [read], bytes, read.idToken);
      return;
    }
    const { kind, method, id, revisionClaim } = read.envelope;
    const idToken = id === undefined || kind === 'response' ? undefined : idTokenOf(id);
    const saysModern = namesModern(protocolVersion);
    // A handshake is legacy whatever revision it names, unless that is a modern one.
    const isHandshake = kind === 'request' && method === 'initialize' && !namesModern(revisionClaim);
    if (isHandshake && !saysModern) {
      this.#initialize(post, read, idToken);
      return;
    }
    if (revisionClaim === undefined && (kind === 'response' || !saysModern)) {
      this.#toLegacy(post, [read], bytes, idToken);
      return;
    }
    // A server behind a pipe sees no headers: whether they agree with the message is seen here.
    const verdict = validateModernHeaders(read, (name) => post.request.header(name));
    if (verdict.ok) this.#toLogical(post, [read], bytes, idToken, revisionClaim ?? protocolVersion ?? '');
    else refuseHeaders(post.response, verdict, idToken);
  }

  #takeBatch(post: Post, reads: readonly (Frame | ReadFault)[], bytes: number): void {
    const [first] = reads;
    if (first !== undefined && reads.length === 1 && isFault(first)) {
      this.#takeOne(post, first, bytes);
      return;
    }
    const hasAlone = reads.some(
      (read) => !isFault(read) && (read.envelope.revisionClaim !== undefined || read.envelope.method === 'initialize'),
    );
    if (hasAlone) refuseAs(post.response, 400, 'A message of this kind stands alone, and in no batch');
    else this.#toLegacy(post, reads, bytes, undefined);
  }

  #initialize(post: Post, frame: Frame, idToken: string | undefined): void {
    const { request, response, visitor } = post;
    if (!acceptsBoth(request.accept)) {
      refuseAccept(response, idToken);
      return;
    }
    if (post.session !== undefined) {
      refuseAs(response, 400, 'This session has begun already', idToken);
      return;
    }
    const events = prefersEvents(request.accept);
    const revision = events ? readInitializeParams(frame.bytes)?.protocolVersion : undefined;
    const takesPriming = understandsPriming(revision);
    const facts = { isModern: false, isOpening: true, saysSession: true, prefersEvents: events, takesPriming, idToken };
    const begin = (sessionId: string | undefined): boolean => {
      const session = this.#newSession('legacy', visitor);
      const exchange = new HttpExchange(post, 1, facts, session, this.#options.surroundings);
      if (!this.#open(session, exchange, response, idToken, sessionId)) return false;
      this.#sessions.add(session);
      feed(session, exchange, [frame], frame.bytes.length);
      return true;
    };
    if (this.#options.carrier === undefined) begin(undefined);
    else void this.#beginReserved(this.#options.carrier, response, idToken, begin);
  }

  /** Nobody is told the id of a session before it is certain that no other node has it. */
  async #beginReserved(
    { elsewhere }: HttpCarrier,
    response: FrontResponse,
    idToken: string | undefined,
    begin: (sessionId: string) => boolean,
  ): Promise<void> {
    try {
      const reserved = await elsewhere.reserve();
      if ('refusal' in reserved) {
        if (!response.destroyed) refuse(response, reserved.refusal, { status: 503, idToken });
      } else if (response.destroyed || !begin(reserved.sessionId)) elsewhere.over(reserved.sessionId);
    } catch (error) {
      this.#options.log.error({ error }, 'a session could not be opened');
      failed(response);
    }
  }

  /** A session whose client will go on to name it: what comes for it from now on finds it here. */
  reopen({ sessionId, recollection, life }: Reopening): Refusal | undefined {
    const { surroundings, sessions } = this.#options;
    const { principal, route, claims } = recollection;
    const visitor: HttpVisitor = { principal, route, claims, key: principal ?? '' };
    const onOver = (over: HttpSession): void => this.#sessions.remove(over);
    const session = new HttpSession('legacy', visitor, '', surroundings, onOver, life);
    const opened = sessions.open({ kind: 'legacy', visitor, client: session, sessionId, recollection });
    if ('refusal' in opened) return opened.refusal;
    session.begins(opened.session);
    if (session.isOver) return refusal('UPSTREAM_LOST', { reason: 'closed' });
    this.#sessions.add(session);
    return undefined;
  }

  /** On one node its session would be told of it. */
  #faulty(post: Post, read: ReadFault): void {
    const { carrier } = this.#options;
    const { request, response } = post;
    if (carrier === undefined || request.sessionId === undefined) refuseFault(response, read);
    else this.#carry(post, carrier, request.sessionId, read.idToken, () => refuseFault(response, read));
  }

  #carry(post: Post, carrier: HttpCarrier, sessionId: string, idToken: string | undefined, unknown: () => void): void {
    const { request, response, visitor, body } = post;
    carrier.carry({ request, response, visitor, sessionId, body: body ?? noBytes, idToken, unknown });
  }

  #toLegacy(post: Post, reads: readonly (Frame | ReadFault)[], bytes: number, idToken: string | undefined): void {
    const { request, response, session } = post;
    if (!acceptsBoth(request.accept)) refuseAccept(response, idToken);
    else if (session !== undefined) this.#toSession(post, session, reads, bytes, idToken);
    else if (request.sessionId !== undefined) this.#strayed(post, request.sessionId, reads, idToken);
    else if (!this.#options.passesSessionless)
      refuseAs(response, 400, 'A request names its session in Mcp-Session-Id', idToken);
    else if (!isLegacyRevision(request.protocolVersion, undefined)) refuseRevision(response, idToken);
    else this.#toLogical(post, reads, bytes, idToken, undefined);
  }

  #strayed(post: Post, sessionId: string, reads: readonly (Frame | ReadFault)[], idToken: string | undefined): void {
    const { carrier, sessions } = this.#options;
    const unknown = (): void => {
      for (const read of reads) if (!isFault(read)) sessions.strayed?.(sessionId, read);
      refuseUnknown(post.response, idToken);
    };
    if (carrier === undefined || post.session !== undefined) unknown();
    else this.#carry(post, carrier, sessionId, idToken, unknown);
  }

  #toSession(
    post: Post,
    session: HttpSession,
    reads: readonly (Frame | ReadFault)[],
    bytes: number,
    idToken: string | undefined,
  ): void {
    const { request, response } = post;
    if (session.isOver) {
      this.#strayed(post, request.sessionId ?? '', reads, idToken);
      return;
    }
    if (!isLegacyRevision(request.protocolVersion, session.client.revision)) {
      refuseRevision(response, idToken);
      return;
    }
    if (reads.length > 1 && !session.client.acceptsBatches) {
      refuseAs(response, 400, 'The negotiated protocol revision has no batches');
      return;
    }
    const takesPriming = understandsPriming(request.protocolVersion);
    const facts = {
      isModern: false,
      isOpening: false,
      saysSession: false,
      prefersEvents: prefersEvents(request.accept),
      takesPriming,
      idToken,
    };
    this.#exchange(post, session, reads, bytes, facts);
  }

  /**
   * Exchanges of a revision have their sessions to themselves: a server behind a pipe is asked about a revision once, and from
   * then on speaks the one that it was asked about first. A session of a revision that nobody knows ends when its server does
   * not know it either; none is opened for one of which the visitor's server has said so already.
   * @param revision the modern revision that is claimed; none for legacy exchanges that name no session.
   */
  #toLogical(
    post: Post,
    reads: readonly (Frame | ReadFault)[],
    bytes: number,
    idToken: string | undefined,
    revision: string | undefined,
  ): void {
    const { request, response, visitor } = post;
    const isModern = revision !== undefined;
    const isStrange = isModern && revisionRow(revision) === undefined;
    const refuser = isStrange && answersTo(reads) > 0 ? this.#refuserOf(revision, visitor) : undefined;
    const facts = {
      isModern,
      isOpening: isStrange && refuser === undefined,
      saysSession: false,
      prefersEvents: !isModern && prefersEvents(request.accept),
      takesPriming: false,
      idToken,
    };
    const known = refuser ?? this.#sessions.logical(revision ?? '', visitor);
    if (known !== undefined) {
      if (known.intake.isOpen) this.#exchange(post, known, reads, bytes, facts);
      else if (!known.intake.feed(bytes, () => this.#toLogical(post, reads, bytes, idToken, revision))) {
        refuseWaiting(response, idToken);
      }
      return;
    }
    const session = this.#newSession('logical', visitor, revision);
    const exchange = new HttpExchange(post, answersTo(reads), facts, session, this.#options.surroundings);
    if (!this.#open(session, exchange, response, idToken)) return;
    this.#sessions.add(session);
    feed(session, exchange, reads, bytes);
    afterFeeding(response, exchange, reads);
  }

  #exchange(
    post: Post,
    session: HttpSession,
    reads: readonly (Frame | ReadFault)[],
    bytes: number,
    facts: ExchangeFacts,
  ): void {
    const { response } = post;
    if (response.destroyed) return;
    const { surroundings } = this.#options;
    const exchange = new HttpExchange(post, answersTo(reads), facts, session, surroundings);
    feed(session, exchange, reads, bytes);
    afterFeeding(response, exchange, reads);
  }

  // --- sessions -------------------------------------------------------------------------------------------------------------

  #newSession(kind: HttpSessionKind, visitor: HttpVisitor, revision?: string): HttpSession {
    const { surroundings } = this.#options;
    return new HttpSession(kind, visitor, revision ?? '', surroundings, (session) => this.#sessions.remove(session));
  }

  #refuserOf(revision: string, visitor: HttpVisitor): HttpSession | undefined {
    const session = this.#sessions.logical(firstModern, visitor);
    return session?.client.refusesRevision(revision) === true ? session : undefined;
  }

  #open(
    session: HttpSession,
    exchange: HttpExchange,
    response: FrontResponse,
    idToken: string | undefined,
    sessionId?: string,
  ): boolean {
    const { kind, visitor } = session;
    const opened = this.#options.sessions.open({ kind, visitor, client: session, exchange, sessionId });
    if ('session' in opened) session.begins(opened.session);
    // Its server may have been lost before anything was asked of it.
    if (!session.isOver && 'session' in opened) return true;
    response.owner = undefined;
    refuse(response, 'refusal' in opened ? opened.refusal : refusal('UPSTREAM_LOST', { reason: 'closed' }), {
      idToken,
    });
    return false;
  }
}

/** A POST whose body is still to be read. */
class Post implements BodyTaker, ResponseOwner {
  readonly request: FrontRequest;
  readonly response: FrontResponse;
  readonly visitor: HttpVisitor;
  readonly session: HttpSession | undefined;
  /** Kept where it may have to be brought to another node. */
  body: Uint8Array | undefined = undefined;
  readonly #inbound: Inbound;
  /** Its place among the bodies that are being read, where it takes one. */
  #read: { readonly intake: Intake; readonly bytes: number } | undefined = undefined;

  constructor(
    request: FrontRequest,
    response: FrontResponse,
    visitor: HttpVisitor,
    session: HttpSession | undefined,
    inbound: Inbound,
  ) {
    this.request = request;
    this.response = response;
    this.visitor = visitor;
    this.session = session;
    this.#inbound = inbound;
  }

  /** Reads the body when there is room for so many bytes among those that are being read. */
  readInTurn(intake: Intake, bytes: number, bytesMax: number): void {
    this.response.owner = this;
    intake.read(bytes, () => {
      this.#read = { intake, bytes };
      if (this.response.destroyed) this.#readOver();
      else readBody(this, bytesMax);
    });
  }

  bodyRead(body: Uint8Array): void {
    this.#inbound.take(this, body);
    this.#readOver();
  }

  bodyTooLarge(): void {
    this.#inbound.tooLarge(this);
    this.#readOver();
  }

  bodyFailed(status: 400 | 408): void {
    this.#inbound.broken(this, status);
    this.#readOver();
  }

  /** The client is gone in the middle of its message. */
  responseClosed(): void {
    this.#readOver();
  }

  #readOver(): void {
    const read = this.#read;
    this.#read = undefined;
    if (this.response.owner === this) this.response.owner = undefined;
    read?.intake.readOver(read.bytes);
  }
}

function readBody(post: Post, bytesMax: number): void {
  const { request, response } = post;
  const isShort = Number(request.contentLength ?? 0) <= bytesMax;
  if (request.expectsContinue && isShort) response.writeContinue();
  request.readBody(post, bytesMax);
}

function feed(
  session: HttpSession,
  exchange: HttpExchange,
  reads: readonly (Frame | ReadFault)[],
  bytes: number,
): void {
  session.exchangeBegins(exchange);
  exchange.begins();
  const { client } = session;
  for (const read of reads) client.receiveRead(read, bytes, exchange);
}

/** A POST that nobody answers is answered by what it is: taken, or malformed. */
function afterFeeding(response: FrontResponse, exchange: HttpExchange, reads: readonly (Frame | ReadFault)[]): void {
  if (answersTo(reads) > 0 || response.headersSent) return;
  exchange.needsNoAnswer();
  const fault = reads.find((read) => isFault(read));
  if (fault === undefined) answerEmpty(response, 202);
  else refuseFault(response, fault);
}

/** How many answers the session will give to these messages. */
function answersTo(reads: readonly (Frame | ReadFault)[]): number {
  let answers = 0;
  for (const read of reads) {
    if (isFault(read) ? read.expectsAnswer && !read.isAnswer : read.envelope.kind === 'request') answers++;
  }
  return answers;
}

/** The server does not keep up, and as much as may wait for it does. */
function refuseWaiting(response: FrontResponse, idToken?: string): void {
  const why = refusal('TOO_MANY_REQUESTS', { scope: 'buffer', retryAfterMs });
  refuse(response, why, idToken === undefined ? {} : { idToken });
}
