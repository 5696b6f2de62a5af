/** What a client is told whose request is for no session, or not as it should be: the status and a sentence (R15). */

import { refusal } from '../errors.ts';
import type { ReadFault } from '../protocol/faults.ts';
import { type HeaderVerdict, headerMismatch } from '../protocol/http-headers.ts';
import { refuse } from './http-answers.ts';
import type { FrontResponse } from './http-messages.ts';

export function refuseAs(response: FrontResponse, status: number, reason: string, idToken?: string): void {
  refuse(response, refusal('INVALID_REQUEST', { reason }), { status, idToken });
}

export function refuseMethod(response: FrontResponse, allowed: string): void {
  const why = refusal('INVALID_REQUEST', { reason: `The methods here are ${allowed}` });
  refuse(response, why, { status: 405, headers: ['Allow', allowed] });
}

export function refuseAccept(response: FrontResponse, idToken: string | undefined): void {
  refuseAs(response, 406, 'A POST takes application/json and text/event-stream', idToken);
}

export function refuseUnknown(response: FrontResponse, idToken?: string): void {
  refuse(response, refusal('SESSION_NOT_FOUND', { reason: 'unknown' }), { idToken });
}

export function refuseRevision(response: FrontResponse, idToken?: string): void {
  refuseAs(response, 400, 'No revision of the protocol has the name in MCP-Protocol-Version', idToken);
}

export function refuseFault(response: FrontResponse, { fault, reason, idToken }: ReadFault): void {
  const code =
    fault === 'not-json' || fault === 'invalid-utf8' || fault === 'too-deep' ? 'PARSE_ERROR' : 'INVALID_REQUEST';
  refuse(response, refusal(code, { reason }), { status: 400, idToken });
}

/** The message itself says what is wrong too: some clients show nothing else of an error. */
export function refuseHeaders(
  response: FrontResponse,
  { code, reason }: HeaderVerdict & { readonly ok: false },
  idToken: string | undefined,
): void {
  const name = code === headerMismatch ? 'HEADER_MISMATCH' : 'INVALID_PARAMS';
  refuse(response, { ...refusal(name, { reason }), message: reason }, { status: 400, idToken });
}
