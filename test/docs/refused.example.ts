/** What to do with a session that is refused, as docs/guides/put-session-laws-into-your-proxy.md shows it. */

import type { ServerResponse } from 'node:http';
import {
  LocalError,
  type OpenOptions,
  type Runtime,
  type RuntimeSession,
  type SessionBetween,
  errorTable,
  openSession,
} from '../../src/index.ts';

/** Who answers with HTTP asks for the refusal as a value: its row in the table has the status and the words. */
export function openOrRefuse(
  runtime: Runtime,
  options: OpenOptions,
  response: ServerResponse,
): RuntimeSession | undefined {
  const opened = runtime.open(options);
  if ('session' in opened) return opened.session;
  const { code, data } = opened.refusal;
  const { httpStatus, message } = errorTable[code];
  if (typeof data['retryAfterMs'] === 'number')
    response.setHeader('Retry-After', Math.ceil(data['retryAfterMs'] / 1000));
  response.writeHead(httpStatus, { 'Content-Type': 'text/plain' }).end(message);
  return undefined;
}

/** Who has adapters gets an error, and can only hang up: nobody has asked anything yet. */
export function openOrHangUp(runtime: Runtime, peers: SessionBetween): RuntimeSession | undefined {
  try {
    return openSession(runtime, peers);
  } catch (error) {
    if (!(error instanceof LocalError) || error.code !== 'SESSION_REFUSED') throw error;
    peers.client.link.close(error.message);
    if ('link' in peers.server) peers.server.link.close(error.message);
    return undefined;
  }
}
