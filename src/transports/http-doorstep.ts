/**
 * What every HTTP front does before anything is served: asks the door whom it lets in, and answers whoever only wants to know whether
 * it runs, or who gives out tokens for it. Knows neither what is served here nor where.
 */

import { refusal } from '../errors.ts';
import type { Log } from '../ports.ts';
import { encodeText } from '../protocol/text.ts';
import type { DoorPolicy } from './door.ts';
import { answerJson, answerText, refuse } from './http-answers.ts';
import type { FrontRequest, FrontResponse } from './http-messages.ts';

export interface HttpDoorstepOptions {
  readonly door: DoorPolicy;
  /** Pages that the door lets in may read the answers. */
  readonly allowsPages: boolean;
  readonly log: Log;
}

export class HttpDoorstep {
  readonly #options: HttpDoorstepOptions;
  /** A host that the door has let in: clients say the same one each time. */
  #knownHost: string | undefined = undefined;

  constructor(options: HttpDoorstepOptions) {
    this.#options = options;
  }

  /** Whether it may come in; if not, it has been answered. */
  lets({ hosts, origins }: FrontRequest, response: FrontResponse): boolean {
    if (origins === undefined && hosts !== undefined && hosts === this.#knownHost) return true;
    const { door, allowsPages, log } = this.#options;
    const refused = door.check({ host: hosts, origin: origins });
    if (refused !== undefined) {
      log.debug({ reason: refused.reason }, 'a request was turned away at the door');
      refuse(response, refusal('INVALID_REQUEST', { reason: refused.reason }), { status: refused.status });
      return false;
    }
    if (typeof hosts === 'string') this.#knownHost = hosts;
    if (allowsPages && typeof origins === 'string') response.pageOrigin = origins;
    return true;
  }
}

/** What is so now may be otherwise when it is asked again. */
export const unstored: readonly string[] = ['Cache-Control', 'no-store'];

/** Whether a probe or a document is only read; if not, that has been answered with 405. */
export function isReadOnly({ method }: FrontRequest, response: FrontResponse): boolean {
  if (method === 'GET' || method === 'HEAD') return true;
  answerText(response, 405, 'Method not allowed', [...unstored, 'Allow', 'GET, HEAD']);
  return false;
}

/** Answers whoever watches over the process. @param why it should be sent no traffic, in words; undefined: it should. */
export function answerProbe(response: FrontResponse, why: string | undefined): void {
  answerText(response, why === undefined ? 200 : 503, why?.replaceAll(/\s+/g, ' ') ?? 'ok', [...unstored]);
}

/** What a guarded front says of itself (RFC 9728). */
export function answerDocument(
  request: FrontRequest,
  response: FrontResponse,
  document: (request: FrontRequest) => string,
): void {
  if (isReadOnly(request, response)) answerJson(response, 200, encodeText(document(request)), [...unstored]);
}
