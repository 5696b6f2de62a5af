/**
 * Passes a request or a WebSocket on to the admin listener of another process, as bytes, both ways, at the pace of the slower side. What
 * is passed on is named here: the token that was shown stays here, and the process sees its own.
 */

import { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse, request as ask } from 'node:http';
import type { Duplex } from 'node:stream';

import { quietHeaders, refuse } from './answers.ts';
import type { Problem } from './problems.ts';
import type { RunFile } from './run-files.ts';
import { tokenSubprotocol } from '../observe/subprotocols.ts';
import { refuseUpgrade } from './upgrades.ts';

export interface Relayed {
  /** Where to. */
  readonly file: Pick<RunFile, 'origin' | 'token'>;
  /** Path and query there, as they were sent. */
  readonly path: string;
  /** Without a byte from the process. */
  readonly silenceMs: number;
  /** Nobody listens there any more, or a connection has ended. */
  readonly suspect: () => void;
}

/** For the other side to take what is left, when one side has ended. */
const farewellMs = 2_000;

const requestHeaders = ['accept', 'content-type', 'content-length', 'transfer-encoding'] as const;
const responseHeaders = ['content-type', 'content-length', 'allow', 'retry-after'] as const;

export function relayRequest(
  request: IncomingMessage,
  response: ServerResponse,
  { file, path, silenceMs, suspect }: Relayed,
): void {
  const asked = ask({
    ...placeOf(file),
    method: request.method,
    path,
    headers: { ...some(request.headers, requestHeaders), Authorization: `Bearer ${file.token}` },
    timeout: silenceMs,
  });
  asked.on('response', (answered) => {
    const { statusCode = 502 } = answered;
    if (isOurFault(statusCode)) {
      answered.destroy();
      refuse(response, { problem: 'PROCESS_GONE' });
      return;
    }
    // It has answered before it read all: the rest is not read here either.
    if (!request.complete) response.setHeader('Connection', 'close');
    response.writeHead(statusCode, { ...quietHeaders, ...some(answered.headers, responseHeaders) });
    answered.on('error', () => response.destroy());
    answered.pipe(response);
  });
  asked.on('timeout', () => {
    refuse(response, { problem: 'PROCESS_SILENT' });
    asked.destroy();
  });
  asked.on('error', () => {
    suspect();
    if (!response.writableEnded) refuse(response, { problem: 'PROCESS_GONE' });
  });
  response.on('close', () => asked.destroy());
  request.pipe(asked);
}

export function relayUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, relayed: Relayed): void {
  const { file, path, silenceMs, suspect } = relayed;
  const protocols = (request.headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && !name.startsWith(tokenSubprotocol));
  const asked = ask({
    ...placeOf(file),
    path: withoutToken(path),
    headers: {
      ...some(request.headers, ['sec-websocket-key', 'sec-websocket-version']),
      ...(protocols.length === 0 ? {} : { 'sec-websocket-protocol': protocols.join(', ') }),
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      Authorization: `Bearer ${file.token}`,
    },
    timeout: silenceMs,
  });
  const fail = (problem: Problem): void => {
    asked.destroy();
    if (!socket.destroyed && !socket.writableEnded) refuseUpgrade(socket, problem);
  };
  const gone = (): void => void asked.destroy();
  socket.on('error', gone).on('close', gone);
  asked.on('upgrade', (answered, upstream, first) => {
    socket.off('close', gone);
    upstream.on('error', () => upstream.destroy());
    upstream.setTimeout(0);
    const lines = Object.entries(
      some(answered.headers, ['upgrade', 'connection', 'sec-websocket-accept', 'sec-websocket-protocol']),
    ).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('')}\r\n`);
    if (first.length > 0) socket.write(first);
    if (head.length > 0) upstream.write(head);
    join(socket, upstream);
    join(upstream, socket);
    upstream.on('close', suspect);
  });
  asked.on('response', (answered) => {
    const { statusCode = 502 } = answered;
    answered.destroy();
    fail({ problem: isOurFault(statusCode) ? 'PROCESS_GONE' : statusCode === 429 ? 'TOO_MANY_REQUESTS' : 'NOT_FOUND' });
  });
  asked.on('timeout', () => fail({ problem: 'PROCESS_SILENT' }));
  asked.on('error', () => {
    suspect();
    fail({ problem: 'PROCESS_GONE' });
  });
  asked.end();
}

/** The token may have been shown in the query. */
function withoutToken(path: string): string {
  const [place = '', query] = path.split(/\?(.*)/s, 2);
  if (query === undefined) return path;
  const parameters = new URLSearchParams(query);
  parameters.delete('token');
  return parameters.size === 0 ? place : `${place}?${parameters.toString()}`;
}

/** What one side says the other hears; when it has ended, so does the other, after it had time to take what is left. */
function join(from: Duplex, to: Duplex): void {
  from.pipe(to);
  from.on('error', () => from.destroy());
  from.on('close', () => {
    if (to.destroyed) return;
    const left = setTimeout(() => to.destroy(), farewellMs).unref();
    to.on('close', () => clearTimeout(left));
    to.end(() => to.destroy());
  });
}

/** That process does not know the token that its own file says: it is another one by now. */
function isOurFault(status: number): boolean {
  return status === 401 || status === 403;
}

function placeOf({ origin }: Pick<RunFile, 'origin'>) {
  const { hostname, port } = new URL(origin);
  return { host: hostname.replaceAll(/^\[|\]$/g, ''), port, agent: false } as const;
}

function some(headers: IncomingHttpHeaders, names: readonly string[]): Readonly<Record<string, string>> {
  const found = names.map((name) => [name, headers[name]] as const);
  return Object.fromEntries(found.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])));
}
