/**
 * One request of an HTTP client as the front reads it: the headers that decide about it, and its body up to a limit. Knows
 * HTTP, and nothing of what the body says.
 */

import { IncomingMessage } from 'node:http';

/** What becomes of the body of a request: exactly one of these is called, unless the client goes away before. */
export interface BodyTaker {
  bodyRead(body: Uint8Array): void;
  /** It is longer than the limit. What still comes of it is thrown away. */
  bodyTooLarge(): void;
}

const noBytes = new Uint8Array(0);

/** How much of a body that is too large is read to its end all the same, so that its sender gets to read the refusal. */
const discardedBytesMax = 64 * 1024 * 1024;

export class FrontRequest extends IncomingMessage {
  /** More than one makes a request that is for nobody (see door.ts). */
  hosts: string | string[] | undefined = undefined;
  origins: string | string[] | undefined = undefined;
  accept: string | undefined = undefined;
  contentType: string | undefined = undefined;
  contentEncoding: string | undefined = undefined;
  contentLength: string | undefined = undefined;
  sessionId: string | undefined = undefined;
  protocolVersion: string | undefined = undefined;
  lastEventId: string | undefined = undefined;
  /** The client waits for leave to send its body. */
  expectsContinue = false;
  #taker: BodyTaker | undefined = undefined;
  #bytesMax = 0;
  #bytes = 0;
  #chunk: Buffer | undefined = undefined;
  #furtherChunks: Buffer[] | undefined = undefined;

  /** Fills the fields above. To be called once, when the headers are complete. */
  readHeaders(): void {
    const raw = this.rawHeaders;
    for (let at = 0; at + 1 < raw.length; at += 2) {
      const name = raw[at]!;
      const value = raw[at + 1]!;
      // By length first: most headers are none of these, and need no second look.
      switch (name.length) {
        case 4:
          if (isNamed(name, 'host')) this.hosts = together(this.hosts, value);
          break;
        case 6:
          if (isNamed(name, 'accept')) this.accept = joined(this.accept, value);
          else if (isNamed(name, 'origin')) this.origins = together(this.origins, value);
          break;
        case 12:
          if (isNamed(name, 'content-type')) this.contentType = joined(this.contentType, value);
          break;
        case 13:
          if (isNamed(name, 'last-event-id')) this.lastEventId = joined(this.lastEventId, value);
          break;
        case 14:
          if (isNamed(name, 'mcp-session-id')) this.sessionId = joined(this.sessionId, value);
          else if (isNamed(name, 'content-length')) this.contentLength = value;
          break;
        case 16:
          if (isNamed(name, 'content-encoding')) this.contentEncoding = joined(this.contentEncoding, value);
          break;
        case 20:
          if (isNamed(name, 'mcp-protocol-version')) this.protocolVersion = joined(this.protocolVersion, value);
          break;
        default:
      }
    }
  }

  /** Any header, by its name in lower case. */
  header(name: string): string | undefined {
    return headerIn(this.rawHeaders, name);
  }

  /** Begins to read the body. */
  readBody(taker: BodyTaker, bytesMax: number): void {
    this.#taker = taker;
    this.#bytesMax = bytesMax;
    if (this.contentLength !== undefined && Number(this.contentLength) > bytesMax) {
      this.#discard();
      return;
    }
    this.on('data', takeChunk);
    this.on('end', takeEnd);
  }

  takeChunk(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#taker === undefined) {
      if (this.#bytes > discardedBytesMax) this.destroy();
    } else if (this.#bytes > this.#bytesMax) this.#discard();
    else if (this.#chunk === undefined) this.#chunk = chunk;
    else (this.#furtherChunks ??= [this.#chunk]).push(chunk);
  }

  takeEnd(): void {
    const taker = this.#taker;
    if (taker === undefined) return;
    const body = this.#furtherChunks === undefined ? this.#chunk : Buffer.concat(this.#furtherChunks, this.#bytes);
    this.#taker = undefined;
    this.#chunk = undefined;
    this.#furtherChunks = undefined;
    taker.bodyRead(body ?? noBytes);
  }

  #discard(): void {
    const taker = this.#taker;
    this.#taker = undefined;
    this.#chunk = undefined;
    this.#furtherChunks = undefined;
    if (this.listenerCount('data') === 0 && !this.expectsContinue) this.on('data', takeChunk);
    taker?.bodyTooLarge();
  }
}

/**
 * The headers whose names begin so, among names and values in turn, under their names in lower case.
 * @param prefix in lower case.
 */
export function headersBeginning(raw: readonly string[], prefix: string): readonly (readonly [string, string])[] {
  const found = new Map<string, string>();
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at]!;
    if (name.length < prefix.length || !isNamed(name.slice(0, prefix.length), prefix)) continue;
    const lowerCase = name.toLowerCase();
    found.set(lowerCase, joined(found.get(lowerCase), raw[at + 1]!));
  }
  return [...found];
}

/** Any header, by its name in lower case, among names and values in turn. */
export function headerIn(raw: readonly string[], name: string): string | undefined {
  let found: string | undefined;
  for (let at = 0; at + 1 < raw.length; at += 2) {
    if (isNamed(raw[at]!, name)) found = joined(found, raw[at + 1]!);
  }
  return found;
}

/** One listener for all requests, and no closure for each. */
function takeChunk(this: FrontRequest, chunk: Buffer): void {
  this.takeChunk(chunk);
}

function takeEnd(this: FrontRequest): void {
  this.takeEnd();
}

function isNamed(name: string, lowerCase: string): boolean {
  return name === lowerCase || (name.length === lowerCase.length && name.toLowerCase() === lowerCase);
}

function together(before: string | string[] | undefined, value: string): string | string[] {
  if (before === undefined) return value;
  return typeof before === 'string' ? [before, value] : [...before, value];
}

/** As a list in one header would read. */
function joined(before: string | undefined, value: string): string {
  return before === undefined ? value : `${before}, ${value}`;
}
