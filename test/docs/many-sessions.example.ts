/** Sessions behind one address, found by their ids, as docs/guides/put-session-laws-into-your-proxy.md shows it. */

import type { Runtime } from '../../src/index.ts';

/** @param user who sent this, as your authentication knows it: never what the message says. */
export function deliver(
  runtime: Runtime,
  sessionId: string,
  user: string,
  message: Uint8Array,
): Uint8Array | undefined {
  const from = { principal: user };
  const session = runtime.session(sessionId, from);
  // Somebody else's session is as unknown as one that never was.
  if (session === undefined) return undefined;
  return session.client.receive(message, from)?.answer;
}
