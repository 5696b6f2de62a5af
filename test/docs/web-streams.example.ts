/** A session between two pairs of Web Streams, as docs/guides/put-session-laws-into-your-proxy.md shows it. */

import { type Runtime, type RuntimeSession, type WebStreamPair, openSession, webStreams } from '../../src/index.ts';

/** A client that sends a message in each chunk, and a server that writes them on lines. */
export function between(
  runtime: Runtime,
  { readable, writable }: WebStreamPair,
  server: WebStreamPair,
): RuntimeSession {
  const client = webStreams({ readable, writable }, { framing: 'messages' });
  return openSession(runtime, { client, server: webStreams(server) });
}
