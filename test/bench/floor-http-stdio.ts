/**
 * What a proxy from HTTP to standard streams costs that does as little as it can: a child for each session and a table of what
 * waits for it. `scan` reads envelopes with our own scanner, keeps the bytes and answers as JSON; `parse` takes every message
 * apart, writes it anew and answers as a stream of events. No limits, no times, no errors, no checks at the door: a floor, not
 * a product.
 */

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { type ServerResponse, createServer } from 'node:http';
import type { Readable, Writable } from 'node:stream';
import { eachLine } from './floor-lines.ts';
import { type ReadingMode, readers } from './floor-message.ts';

interface Session {
  readonly id: string;
  readonly child: ChildProcessByStdio<Writable, Readable, null>;
  readonly pending: Map<number | string, ServerResponse>;
  stream: ServerResponse | undefined;
}

const openBrace = 0x7b;

const [mode = 'parse', port, , command = '', ...args] = process.argv.slice(2);
const read = readers[mode as ReadingMode];
const sessions = new Map<string, Session>();

const server = createServer((request, response) => {
  const session = sessions.get((request.headers['mcp-session-id'] as string | undefined) ?? '');
  if (request.method === 'GET') {
    session!.stream = response;
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.flushHeaders();
    return;
  }
  if (request.method === 'DELETE') {
    session!.child.stdin.end();
    response.end();
    return;
  }
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => forward(session, chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks), response));
});
server.keepAliveTimeout = 0;
server.listen(Number(port), '127.0.0.1', 4096);
process.on('SIGTERM', () => process.exit(0));

function forward(known: Session | undefined, bytes: Buffer, response: ServerResponse): void {
  const { id, method, body } = read(bytes);
  const session = known ?? open(response);
  if (id !== undefined && method !== undefined) {
    session.pending.set(id, response);
    response.on('close', () => session.pending.delete(id));
  } else response.writeHead(202).end();
  writeLine(session.child.stdin, body);
}

function writeLine(to: Writable, body: Buffer | string): void {
  if (typeof body === 'string') {
    to.write(`${body}\n`);
    return;
  }
  to.cork();
  to.write(body);
  to.write('\n');
  to.uncork();
}

function open(response: ServerResponse): Session {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  const session: Session = { id: randomUUID(), child, pending: new Map(), stream: undefined };
  sessions.set(session.id, session);
  response.setHeader('Mcp-Session-Id', session.id);
  child.stdin.on('error', () => {});
  child.on('exit', () => {
    sessions.delete(session.id);
    session.stream?.end();
  });
  child.stdout.on(
    'data',
    eachLine((line) => answer(session, line)),
  );
  return session;
}

function answer(session: Session, line: Buffer): void {
  // What is no message is nobody's.
  if (line[0] !== openBrace) return;
  const { id, method, body } = read(line);
  if (id === undefined || method !== undefined) {
    session.stream?.write(`data: ${body.toString()}\n\n`);
    return;
  }
  const response = session.pending.get(id);
  if (response === undefined) return;
  session.pending.delete(id);
  if (mode === 'scan') {
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) });
    response.end(body);
  } else {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.end(`event: message\ndata: ${body.toString()}\n\n`);
  }
}
