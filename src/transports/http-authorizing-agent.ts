/**
 * An agent that says with each request who we are, and tries once more when the server does not believe it: a request that was
 * refused for want of authorization was not executed. Does not know where proofs come from.
 */

import type { HttpAgent, HttpLane, HttpRequest, HttpResponseHandler } from './http-agent.ts';

export interface Credentials {
  /** For `Authorization`, in place of whatever stands there; undefined: there is nothing to say. Never rejects. */
  authorization(): string | undefined | Promise<string | undefined>;
  /**
   * The server refused that, with this challenge.
   * @param mayAsk a user may be asked, who takes a while.
   * @returns whether there is something else to say now. Never rejects.
   */
  refused(said: string | undefined, challenge: string | undefined, mayAsk: boolean): Promise<boolean>;
}

export function authorizingAgent(agent: HttpAgent, credentials: Credentials): HttpAgent {
  return {
    send: (lane, request, handler) => new Authorized(agent, credentials, lane, request, handler).begin(),
    close: async () => agent.close(),
  };
}

/** As much is kept of a refusal, until it is known whether it stands. */
const refusalBytesMax = 64 * 1024;

const withdrawn = new Error('The request was taken back');

interface Refusal {
  readonly status: number;
  readonly headers: readonly Buffer[];
  readonly body: Buffer[];
  bytes: number;
}

class Authorized implements HttpResponseHandler {
  readonly #agent: HttpAgent;
  readonly #credentials: Credentials;
  readonly #lane: HttpLane;
  readonly #request: HttpRequest;
  readonly #handler: HttpResponseHandler;
  #said: string | undefined;
  #hasConnected = false;
  #isSecond = false;
  #isTakenBack = false;
  #abort: ((reason?: Error) => void) | undefined;
  #refusal: Refusal | undefined;

  constructor(
    agent: HttpAgent,
    credentials: Credentials,
    lane: HttpLane,
    request: HttpRequest,
    handler: HttpResponseHandler,
  ) {
    this.#agent = agent;
    this.#credentials = credentials;
    this.#lane = lane;
    this.#request = request;
    this.#handler = handler;
  }

  begin(): void {
    const said = this.#credentials.authorization();
    if (said instanceof Promise) void said.then((later) => this.#send(later));
    else this.#send(said);
  }

  onConnect(abort: (reason?: Error) => void): void {
    if (this.#isTakenBack) throw withdrawn;
    this.#abort = abort;
    if (this.#hasConnected) return;
    this.#handler.onConnect((reason) => {
      this.#isTakenBack = true;
      this.#abort?.(reason);
    });
    this.#hasConnected = true;
  }

  onHeaders(status: number, headers: readonly Buffer[], resume: () => void): boolean {
    if (this.#isSecond || !wantsAuthorization(status, textOf(headers, 'www-authenticate')))
      return this.#handler.onHeaders(status, headers, resume);
    this.#refusal = { status, headers, body: [], bytes: 0 };
    return true;
  }

  onData(chunk: Buffer): boolean {
    const refusal = this.#refusal;
    if (refusal === undefined) return this.#handler.onData(chunk);
    refusal.bytes += chunk.length;
    if (refusal.bytes <= refusalBytesMax) refusal.body.push(chunk);
    return true;
  }

  onComplete(): void {
    if (this.#refusal === undefined) this.#handler.onComplete();
    else void this.#reconsider(this.#refusal);
  }

  onError(error: Error): void {
    if (this.#refusal === undefined || this.#isTakenBack) this.#handler.onError(error);
    else void this.#reconsider(this.#refusal);
  }

  #send(said: string | undefined): void {
    this.#said = said;
    const { headers } = this.#request;
    this.#agent.send(
      this.#lane,
      said === undefined ? this.#request : { ...this.#request, headers: saying(said, headers) },
      this,
    );
  }

  async #reconsider({ status, headers, body }: Refusal): Promise<void> {
    this.#abort = undefined;
    // Nobody is asked to log in for the sake of a farewell.
    const mayAsk = this.#request.method !== 'DELETE';
    const hasOther = await this.#credentials.refused(this.#said, textOf(headers, 'www-authenticate'), mayAsk);
    if (this.#isTakenBack) return;
    this.#refusal = undefined;
    this.#isSecond = true;
    if (hasOther) {
      this.#send(await this.#credentials.authorization());
      return;
    }
    this.#handler.onHeaders(status, headers, () => {});
    for (const chunk of body) this.#handler.onData(chunk);
    this.#handler.onComplete();
  }
}

/** 403 says so where it asks for more than the token is good for (RFC 6750, section 3.1). */
export function wantsAuthorization(status: number, challenge: string | undefined): boolean {
  return status === 401 || (status === 403 && challenge?.includes('insufficient_scope') === true);
}

function saying(authorization: string, headers: readonly string[]): string[] {
  const said: string[] = [];
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const [name = '', value = ''] = headers.slice(at, at + 2);
    if (name.toLowerCase() !== 'authorization') said.push(name, value);
  }
  said.push('authorization', authorization);
  return said;
}

/** @param name in lower case. */
function textOf(headers: readonly Buffer[], name: string): string | undefined {
  for (let at = 0; at + 1 < headers.length; at += 2) {
    if (headers[at]?.toString('latin1').toLowerCase() === name) return headers[at + 1]?.toString('latin1');
  }
  return undefined;
}
