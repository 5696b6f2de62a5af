/**
 * Answers of the front in its own name: refusals as JSON-RPC errors, and the short ones that say nothing. Knows how an answer
 * is written, not why it is given.
 */

import { type OutgoingHttpHeader, ServerResponse } from 'node:http';

import { type Refusal, errorTable, refusal } from '../errors.ts';
import { encodeRefusal } from '../session/tell.ts';
import type { FrontRequest } from './http-request.ts';

/** Names and values in turn, as they are written. */
export type HeaderList = OutgoingHttpHeader[];

export interface ResponseOwner {
  /** The client is gone, or the response was cut off. */
  responseClosed(): void;
}

export class FrontResponse extends ServerResponse<FrontRequest> {
  /** The page that may read this answer, where pages of others may. */
  pageOrigin: string | undefined = undefined;
  /** The connection is not to be used again. */
  endsConnection = false;
  /** Who is told when its client is gone; nobody once everything was said. */
  owner: ResponseOwner | undefined = undefined;

  /**
   * Listens to itself, so that a request needs no listeners: its owner is told that the client is gone, and that something was
   * written to a client that has just gone is nobody's loss.
   */
  override emit(event: string | symbol, detail?: unknown): boolean {
    if (event === 'close') this.tellOwner();
    else if (event === 'error' && this.listenerCount('error') === 0) return false;
    return super.emit(event, detail);
  }

  /** The client is gone. */
  tellOwner(): void {
    const { owner } = this;
    this.owner = undefined;
    owner?.responseClosed();
  }

  /** `headers` is taken over. */
  begin(status: number, headers: HeaderList): void {
    if (this.pageOrigin !== undefined) {
      headers.push('Access-Control-Allow-Origin', this.pageOrigin, 'Vary', 'Origin');
      headers.push('Access-Control-Expose-Headers', exposedHeaders);
    }
    if (this.endsConnection) headers.push('Connection', 'close');
    this.writeHead(status, headers);
  }

  /**
   * Ends the response with a body that is short. As text of one character for each byte, Node joins it with the headers and
   * writes both as one piece, which costs half of what two pieces do.
   */
  endShort(parts: readonly Uint8Array[]): void {
    let text = '';
    for (const part of parts) text += bufferOver(part).toString('latin1');
    this.end(text, 'latin1');
  }
}

function bufferOver(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** What a page may read of an answer beside its body: the id that it has to send from then on. */
const exposedHeaders = 'Mcp-Session-Id';

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
  const body = `${line}\n`;
  headers.push('Content-Type', 'text/plain; charset=utf-8', 'Content-Length', String(Buffer.byteLength(body)));
  response.begin(status, headers);
  response.end(body);
}
