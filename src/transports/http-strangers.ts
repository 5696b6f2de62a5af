/** Connections on which somebody speaks what is no request for us: told in one line where they can still be told, and closed. */

import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

import { NodeResponse } from './http-node-response.ts';

const statusOfError: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** @param error what Node could not read; without one, somebody asked for a tunnel. */
export function refuseConnection(socket: Duplex, error?: Error): void {
  const code = error !== undefined && 'code' in error ? String(error.code) : '';
  if (!socket.writable || code === 'ECONNRESET' || isAnswering(socket)) {
    socket.destroy();
    return;
  }
  const status = error === undefined ? 405 : (statusOfError[code] ?? 400);
  const line = `${STATUS_CODES[status] ?? 'Bad Request'}\n`;
  const headers = `Connection: close\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${line.length}`;
  socket.on('error', () => {});
  socket.end(`HTTP/1.1 ${status} ${line.trim()}\r\n${headers}\r\n\r\n${line}`, () => socket.destroy());
}

/** An answer has begun: a second one in the middle of it would be taken for a part of it. */
function isAnswering(socket: Duplex): boolean {
  const current: unknown = Reflect.get(socket, '_httpMessage');
  return current instanceof NodeResponse && current.headersSent;
}
