/** `/healthz` and `/readyz` beside a WebSocket front: that the process is up, and whether it should be sent traffic (P5). */

import type { IncomingMessage, ServerResponse } from 'node:http';

/** @param unreadiness why it should not, in one line; undefined when it should. */
export function answerHealth(
  { url = '', method }: IncomingMessage,
  response: ServerResponse,
  unreadiness: () => string | undefined,
): void {
  const path = url.split('?', 1)[0];
  if (path !== '/healthz' && path !== '/readyz') end(response, 404, 'Not found');
  else if (method !== 'GET' && method !== 'HEAD') end(response, 405, 'Method not allowed');
  else {
    const why = path === '/healthz' ? undefined : unreadiness();
    end(response, why === undefined ? 200 : 503, why ?? 'ok');
  }
}

function end(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Cache-Control': 'no-store',
    ...(status === 405 ? { Allow: 'GET, HEAD' } : {}),
  });
  response.end(`${text}\n`);
}
