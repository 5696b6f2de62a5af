/**
 * Paths of the admin listener where a connection goes on as something else, such as a WebSocket: which path an upgrade is for, where
 * it may show the token, and how it is refused. Does not know what is spoken afterwards.
 */

import type { IncomingMessage } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

import { tokenSubprotocol } from '../observe/subprotocols.ts';
import { type Problem, problemBody, problemHeaders, problemTable } from './problems.ts';
import { bearerIn } from './token.ts';

export interface UpgradePath {
  /** Of the URL, without its query. With a `/` at its end: everything below it. */
  readonly path: string;
  /** For peers that can set neither a header nor a subprotocol: they show the token as `token` in the query. */
  readonly takesTokenInQuery?: boolean;
  /** The request has shown the token, and comes from no page of somebody else. Whoever accepts owns the connection. */
  readonly accept: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

export function upgradeFor(upgrades: readonly UpgradePath[], request: IncomingMessage): UpgradePath | undefined {
  const [pathname = ''] = (request.url ?? '').split('?', 1);
  return upgrades.find(({ path }) => pathname === path || (path.endsWith('/') && pathname.startsWith(path)));
}

/** The token as an upgrade shows it; undefined where it shows none, or more than one. */
export function tokenShownIn(
  request: IncomingMessage,
  path: Pick<UpgradePath, 'takesTokenInQuery'> | undefined,
): string | undefined {
  const { authorization = [], 'sec-websocket-protocol': offered = [] } = request.headersDistinct;
  const shown = [
    ...authorization.map((value) => bearerIn(value) ?? ''),
    ...offered
      .flatMap((value) => value.split(','))
      .map((name) => name.trim())
      .filter((name) => name.startsWith(tokenSubprotocol))
      .map((name) => name.slice(tokenSubprotocol.length)),
    ...(path?.takesTokenInQuery === true ? queryOf(request).getAll('token') : []),
  ];
  return shown.length === 1 ? shown[0] : undefined;
}

function queryOf({ url = '' }: IncomingMessage): URLSearchParams {
  const begin = url.indexOf('?');
  return new URLSearchParams(begin < 0 ? '' : url.slice(begin));
}

/** Says why, as a request would be told it, and ends the connection. */
export function refuseUpgrade(socket: Duplex, problem: Problem): void {
  const { status } = problemTable[problem.problem];
  const body = `${JSON.stringify(problemBody(problem))}\n`;
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    ...Object.entries(problemHeaders(problem)).map(([name, value]) => `${name}: ${value}`),
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
  // Closing with something unread would take the answer back; one that goes on sending is not listened to for long.
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), 1000);
  socket.on('close', () => clearTimeout(timer));
}
