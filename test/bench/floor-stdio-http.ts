/**
 * What a proxy from standard streams to HTTP costs that does as little as it can: a POST for each line, every message taken
 * apart and written anew both ways, and a table of what waits. No stream of the server's own, no limits, no times, no errors:
 * a floor, not a product.
 */

import { Agent, type IncomingMessage, request as requestTo } from 'node:http';
import { eachLine } from './floor-lines.ts';
import { readers } from './floor-message.ts';
import { messageIn } from './http-reply.ts';

const [upstream = ''] = process.argv.slice(2);
const { hostname, port, pathname } = new URL(upstream);
const agent = new Agent({ keepAlive: true, maxFreeSockets: 1024 });
const pending = new Set<number | string>();
let session: string | undefined;
let unsent = '';

process.stdin.on(
  'data',
  eachLine((line) => {
    const { id, body } = readers.parse(line);
    if (id !== undefined) pending.add(id);
    const headers = {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'content-length': Buffer.byteLength(body),
      ...(session === undefined ? {} : { 'mcp-session-id': session }),
    };
    requestTo({ hostname, port, path: pathname, method: 'POST', agent, headers }, answer).end(body);
  }),
);
process.stdin.on('end', () => process.exit(0));

function answer(reply: IncomingMessage): void {
  session ??= reply.headers['mcp-session-id'] as string | undefined;
  const chunks: Buffer[] = [];
  reply.on('data', (chunk: Buffer) => chunks.push(chunk));
  reply.on('end', () => {
    const text = chunks.length === 1 ? chunks[0]!.toString() : Buffer.concat(chunks).toString();
    const contentType = reply.headers['content-type'] ?? '';
    const message = messageIn({ status: 200, contentType, sessionId: undefined }, text);
    if (message === '') return;
    const { id, body } = readers.parse(Buffer.from(message));
    if (id !== undefined) pending.delete(id);
    write(`${body.toString()}\n`);
  });
}

/** What is written in one turn leaves together. */
function write(line: string): void {
  if (unsent === '') {
    queueMicrotask(() => {
      process.stdout.write(unsent);
      unsent = '';
    });
  }
  unsent += line;
}
