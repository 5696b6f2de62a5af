/**
 * The one path at which MCP is served, to clients of both eras: what is posted there, and the streams and ends of sessions, which
 * legacy clients ask for by other methods.
 */

import type { Refusal } from '../errors.ts';
import type { SessionMethod } from '../runtime/tracer.ts';
import { answerEmpty } from './http-answers.ts';
import { isLegacyRevision, namesModern } from './http-eras.ts';
import type { Reopening } from './http-elsewhere.ts';
import type { HttpCarrier, HttpSessions, HttpVisitor, Strayed } from './http-front-options.ts';
import { Inbound, type InboundOptions } from './http-inbound.ts';
import { acceptsEvents } from './http-media.ts';
import type { FrontRequest, FrontResponse } from './http-messages.ts';
import { refuseAs, refuseMethod, refuseRevision, refuseUnknown } from './http-refusals.ts';
import type { HttpSession } from './http-session.ts';
import type { StreamOpening } from './http-session-streams.ts';
import { SessionTable } from './http-session-table.ts';

const noBytes = new Uint8Array(0);

const methods = 'GET, POST, DELETE';

export class HttpEndpoint {
  readonly #passesSessionless: boolean;
  readonly #carrier: HttpCarrier | undefined;
  readonly #sessions = new SessionTable();
  readonly #opener: HttpSessions;
  readonly #inbound: Inbound;

  constructor(options: InboundOptions) {
    this.#passesSessionless = options.passesSessionless;
    this.#carrier = options.carrier;
    this.#opener = options.sessions;
    this.#inbound = new Inbound(options, this.#sessions);
  }

  serve(request: FrontRequest, response: FrontResponse, visitor: HttpVisitor): void {
    const { method = '' } = request;
    switch (method) {
      case 'POST':
        this.#inbound.post(request, response, visitor);
        return;
      case 'GET':
        this.#get(request, response, visitor);
        return;
      case 'DELETE':
        this.#delete(request, response, visitor);
        return;
      default:
        refuseMethod(response, methods);
    }
  }

  reopen(reopening: Reopening): Refusal | undefined {
    return this.#inbound.reopen(reopening);
  }

  /** Ends whatever is being answered. */
  close(): void {
    for (const session of this.#sessions.all()) session.close();
  }

  #get(request: FrontRequest, response: FrontResponse, visitor: HttpVisitor): void {
    if (!acceptsEvents(request.accept)) {
      refuseAs(response, 406, 'A GET takes text/event-stream');
      return;
    }
    const session = this.#ofSessionOnly('GET', request, response, visitor);
    if (session === undefined) return;
    const { lastEventId } = request;
    const opening =
      lastEventId === undefined ? session.openStandalone(response) : session.resume(response, lastEventId);
    answerOpening(response, opening);
  }

  #delete(request: FrontRequest, response: FrontResponse, visitor: HttpVisitor): void {
    const session = this.#ofSessionOnly('DELETE', request, response, visitor);
    if (session === undefined) return;
    this.#sessions.remove(session);
    session.client.ends();
    answerEmpty(response, 200);
  }

  /** GET and DELETE are about sessions: where there are none, they are no methods. */
  #ofSessionOnly(
    method: SessionMethod,
    request: FrontRequest,
    response: FrontResponse,
    visitor: HttpVisitor,
  ): HttpSession | undefined {
    const { protocolVersion, sessionId } = request;
    if (sessionId === undefined) {
      const hasNone = this.#passesSessionless || namesModern(protocolVersion);
      if (hasNone) refuseMethod(response, 'POST');
      else refuseAs(response, 400, 'A request names its session in Mcp-Session-Id');
      return undefined;
    }
    const session = this.#sessions.named(request.sessionId, visitor);
    const unknown = (): void => {
      this.#opener.strayed?.(sessionId, method);
      refuseUnknown(response);
    };
    if (session === undefined)
      this.#strayed({ request, response, visitor, sessionId, body: noBytes, idToken: undefined, unknown });
    else if (!isLegacyRevision(protocolVersion, session.client.revision)) refuseRevision(response);
    else return session;
    return undefined;
  }

  #strayed(strayed: Strayed): void {
    if (this.#carrier === undefined) strayed.unknown();
    else this.#carrier.carry(strayed);
  }
}

function answerOpening(response: FrontResponse, opening: StreamOpening): void {
  switch (opening) {
    case 'opened':
      return;
    case 'taken':
      refuseAs(response, 409, 'This session has a stream open already');
      return;
    case 'over':
      // Clients of event streams take this for the request not to come back (WHATWG HTML, "Server-sent events").
      answerEmpty(response, 204);
      return;
    case 'unknown':
      refuseAs(response, 400, 'No event of this session has this id');
  }
}
