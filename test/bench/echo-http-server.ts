/**
 * The echo server over streamable HTTP: sessions with an id in a header, answers as JSON, a stream of events for who asks by
 * GET, on which nothing ever comes. `GET /stats` says how many sessions, streams and requests without answer there are; a call
 * of `never` is such a request.
 */

import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import { agreement, answerTo } from './exchange.ts';

interface Message {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: { readonly name?: string; readonly arguments?: unknown };
}

export interface HttpServerStats {
  readonly sessions: number;
  readonly streams: number;
  readonly held: number;
}

const [port] = process.argv.slice(2);
const sessions = new Map<string, ServerResponse | undefined>();
let streams = 0;
let held = 0;

const server = createServer((request, response) => {
  if (request.url === '/stats') {
    const stats: HttpServerStats = { sessions: sessions.size, streams, held };
    response.end(JSON.stringify(stats));
    return;
  }
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => serve(request, Buffer.concat(chunks).toString(), response));
});
server.keepAliveTimeout = 0;
server.listen(Number(port), '127.0.0.1', 4096);

function serve(request: IncomingMessage, body: string, response: ServerResponse): void {
  const session = request.headers['mcp-session-id'] as string | undefined;
  if (request.method === 'POST') {
    answer(session, body, response);
    return;
  }
  if (session === undefined || !sessions.has(session)) response.writeHead(session === undefined ? 400 : 404).end();
  else if (request.method === 'GET') stream(session, response);
  else if (request.method === 'DELETE') {
    sessions.get(session)?.end();
    sessions.delete(session);
    response.end();
  } else response.writeHead(405).end();
}

function answer(session: string | undefined, body: string, response: ServerResponse): void {
  const isKnown = session !== undefined && sessions.has(session);
  const quick = isKnown ? answerTo(body) : undefined;
  if (quick !== undefined) {
    reply(response, quick);
    return;
  }
  const { id, method, params } = JSON.parse(body) as Message;
  if (method === 'initialize') {
    const opened = randomUUID();
    sessions.set(opened, undefined);
    response.setHeader('Mcp-Session-Id', opened);
    reply(response, JSON.stringify({ result: agreement, jsonrpc: '2.0', id }));
  } else if (!isKnown) response.writeHead(session === undefined ? 400 : 404).end();
  else if (id === undefined || method === undefined) response.writeHead(202).end();
  else if (params?.name === 'never') hold(response);
  else reply(response, JSON.stringify({ result: params?.arguments ?? {}, jsonrpc: '2.0', id }));
}

function reply(response: ServerResponse, text: string): void {
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) });
  response.end(text);
}

function hold(response: ServerResponse): void {
  held += 1;
  response.on('close', () => (held -= 1));
}

function stream(session: string, response: ServerResponse): void {
  streams += 1;
  response.on('close', () => (streams -= 1));
  sessions.set(session, response);
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  response.flushHeaders();
}
