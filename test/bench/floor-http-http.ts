/**
 * What a proxy from HTTP to HTTP costs that does as little as it can: `pipe` hands bodies through as they come, `parse` waits
 * for each, takes the message apart, writes it anew, and keeps a table of what waits. No limits, no times, no checks: a floor,
 * not a product.
 */

import { Agent, type IncomingMessage, type ServerResponse, createServer, request as requestTo } from 'node:http';
import { readers } from './floor-message.ts';

const [mode, port, upstream = ''] = process.argv.slice(2);
const { hostname, port: upstreamPort, pathname, host } = new URL(upstream);
const agent = new Agent({ keepAlive: true, maxFreeSockets: 4096 });
const pending = new Set<number | string>();
const nothing = { id: undefined, body: '' };

const server = createServer((request, response) => {
  if (mode === 'pipe' || request.method !== 'POST') {
    request.pipe(ask(request, response));
    return;
  }
  whole(request, (bytes) => {
    const { id, body } = readers.parse(bytes);
    if (id !== undefined) pending.add(id);
    ask(request, response, Buffer.byteLength(body)).end(body);
  });
});
server.keepAliveTimeout = 0;
server.listen(Number(port), '127.0.0.1', 4096);
process.on('SIGTERM', () => process.exit(0));

function ask(request: IncomingMessage, response: ServerResponse, length?: number) {
  const headers = { ...request.headers, host, ...(length === undefined ? {} : { 'content-length': length }) };
  const { method = '' } = request;
  const asked = requestTo({ hostname, port: upstreamPort, path: pathname, method, headers, agent }, (reply) =>
    answer(reply, response),
  );
  asked.on('error', () => response.destroy());
  return asked;
}

function answer(reply: IncomingMessage, response: ServerResponse): void {
  const { statusCode = 502, headers } = reply;
  if (mode === 'pipe' || headers['content-type'] === 'text/event-stream') {
    response.writeHead(statusCode, headers);
    response.flushHeaders();
    reply.pipe(response);
    response.on('close', () => reply.destroy());
    return;
  }
  whole(reply, (bytes) => {
    const { id, body } = bytes.length === 0 ? nothing : readers.parse(bytes);
    if (id !== undefined) pending.delete(id);
    const { 'transfer-encoding': _, ...kept } = headers;
    response.writeHead(statusCode, { ...kept, 'content-length': Buffer.byteLength(body) });
    response.end(body);
  });
}

function whole(stream: IncomingMessage, onBody: (bytes: Buffer) => void): void {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.on('end', () => onBody(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
}
