/** The end of a proxy, as docs/guides/put-session-laws-into-your-proxy.md shows it. */

import type { Server } from 'node:net';
import type { Runtime } from '../../src/index.ts';

/** What is under way may finish, for 10 s at most; then everything ends. */
export async function shutDown(runtime: Runtime, server: Server): Promise<void> {
  server.close();
  runtime.setTimes({ drainMs: 10_000 });
  await runtime.drain();
  await runtime.stop();
}
