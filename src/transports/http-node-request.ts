/** One request as a server of Node receives it. Reads its body up to a limit, and knows nothing of what the body says. */

import { IncomingMessage } from 'node:http';

import { headerIn, readHeaderFields } from './http-header-fields.ts';
import type { BodyTaker, FrontRequest } from './http-messages.ts';

const noBytes = new Uint8Array(0);

/** How much of a body that is too large is read to its end all the same, so that its sender gets to read the refusal. */
const discardedBytesMax = 64 * 1024 * 1024;

export class NodeRequest extends IncomingMessage implements FrontRequest {
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
    readHeaderFields(this, this.rawHeaders);
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

/** One listener for all requests, and no closure for each. */
function takeChunk(this: NodeRequest, chunk: Buffer): void {
  this.takeChunk(chunk);
}

function takeEnd(this: NodeRequest): void {
  this.takeEnd();
}
