/** A proxy on TCP in front of a server that is started for each client, as docs/guides/put-session-laws-into-your-proxy.md shows it. */

import { spawn } from 'node:child_process';
import { type Server, createServer } from 'node:net';
import { createRuntime, nodeStreams, openSession } from '../../src/index.ts';

export const runtime = createRuntime();

/** Each connection is a session with a server process of its own. */
export function tcpProxy(command: string, args: readonly string[]): Server {
  return createServer({ allowHalfOpen: true }, (socket) => {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    // What cannot be started has nothing to say: its session ends, and its client is told.
    child.on('error', () => {});
    openSession(runtime, {
      client: nodeStreams({ input: socket, output: socket }),
      server: nodeStreams({ input: child.stdout, output: child.stdin }),
    });
  });
}
