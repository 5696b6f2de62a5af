/**
 * Answers of the front in its own name: refusals as JSON-RPC errors, and the short ones that say nothing. Knows how an answer
 * is written, not why it is given.
 */

import { type Refusal, errorTable, refusal } from '../errors.ts';
import { encodeText } from '../protocol/text.ts';
import { encodeRefusal } from '../session/tell.ts';
import type { FrontResponse, HeaderList } from './http-messages.ts';

/** How long a client that is refused for want of room should wait before it comes again. */
const retryAfterSeconds = '1';

/** A client that comes too early, or too often, is told when to come again. */
export function addRetryAfter(headers: HeaderList, status: number): void {
  if (status === 429 || status === 503) headers.push('Retry-After', retryAfterSeconds);
}

export interface RefusalDetails {
  /** Where it is not that of the error's row. */
  readonly status?: number;
  /** The id of the request that is refused, as JSON text. */
  readonly idToken?: string | undefined;
  readonly headers?: HeaderList;
}

export function refuse(response: FrontResponse, why: Refusal, details: RefusalDetails = {}): void {
  const status = details.status ?? errorTable[why.code].httpStatus;
  const headers = details.headers ?? [];
  addRetryAfter(headers, status);
  answerJson(response, status, encodeRefusal(details.idToken, why), headers);
}

/** Something went wrong on our side. Whoever was to answer is told that nobody listens any more. */
export function failed(response: FrontResponse): void {
  response.tellOwner();
  if (response.headersSent) response.destroy();
  else refuse(response, refusal('INTERCEPTOR_FAILED', { part: 'front' }));
}

/** Answers with one JSON text. */
export function answerJson(response: FrontResponse, status: number, body: Uint8Array, headers: HeaderList): void {
  headers.push('Content-Type', 'application/json', 'Content-Length', String(body.length));
  response.begin(status, headers);
  response.end(body);
}

/** What needs no body is taken, done, or over. */
export function answerEmpty(response: FrontResponse, status: 200 | 202 | 204, headers: HeaderList = []): void {
  if (status !== 204) headers.push('Content-Length', '0');
  response.begin(status, headers);
  response.end();
}

/** One line for people and probes. */
export function answerText(response: FrontResponse, status: number, line: string, headers: HeaderList = []): void {
  const body = encodeText(`${line}\n`);
  headers.push('Content-Type', 'text/plain; charset=utf-8', 'Content-Length', String(body.length));
  response.begin(status, headers);
  response.end(body);
}
