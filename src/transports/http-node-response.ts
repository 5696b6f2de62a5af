/** The response to one request, as a server of Node sends it. Knows sockets, and nothing of what is said. */

import { ServerResponse } from 'node:http';

import { addPageHeaders } from './http-cors.ts';
import type { FrontResponse, HeaderList, ResponseOwner } from './http-messages.ts';
import type { NodeRequest } from './http-node-request.ts';

export class NodeResponse extends ServerResponse<NodeRequest> implements FrontResponse {
  pageOrigin: string | undefined = undefined;
  /** The connection is not to be used again. */
  endsConnection = false;
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

  get untakenBytes(): number {
    const behind = this.writableLength;
    return behind < this.writableHighWaterMark ? 0 : behind;
  }

  /** Node sees parts of a write being taken as well, and cuts off a connection of which nothing is. */
  cutOffAfter(patienceMs: number): void {
    this.socket?.setTimeout(patienceMs);
  }

  onTaken(taken: () => void): void {
    this.on('drain', () => {
      this.socket?.setTimeout(0);
      taken();
    });
    // The time that an idle connection may stay open is Node's to set by now.
    this.on('finish', taken);
  }

  tellOwner(): void {
    const { owner } = this;
    this.owner = undefined;
    owner?.responseClosed();
  }

  begin(status: number, headers: HeaderList): void {
    if (this.pageOrigin !== undefined) addPageHeaders(headers, this.pageOrigin);
    if (this.endsConnection) headers.push('Connection', 'close');
    this.writeHead(status, headers);
  }

  /**
   * As text of one character for each byte, Node joins the body with the headers and writes both as one piece, which costs
   * half of what two pieces do.
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
