/** Where a page finds the processes: all through the hub that served it, or the one process that did. */

import { feedSubprotocol, tokenSubprotocol } from '../../../observe/subprotocols.ts';
import type { SocketLike } from './live-socket.ts';

/** A server of the page, and what it is shown. */
export interface Reach {
  /** `http://HOST:PORT`. */
  readonly origin: string;
  readonly token: string;
  readonly isHub: boolean;
}

/** The path of something of a process. @param path begins with `/`. */
export function pathOf({ isHub }: Pick<Reach, 'isHub'>, pid: number, path: string): string {
  return isHub ? `/processes/${pid}${path}` : path;
}

/** The protocols that a WebSocket offers. A page can send no headers with it, so the token goes as one of these. */
export function protocolsWith(token: string): string[] {
  return [feedSubprotocol, `${tokenSubprotocol}${token}`];
}

/** Begins to open a WebSocket to the server of the page. */
export function openSocket({ origin, token }: Reach, path: string): SocketLike {
  const url = new URL(path, origin);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return new WebSocket(url, protocolsWith(token));
}
