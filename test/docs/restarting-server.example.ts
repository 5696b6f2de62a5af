/** A server that is started again when it went away, as docs/guides/put-session-laws-into-your-proxy.md shows it. */

import { spawn } from 'node:child_process';
import { type UpstreamConnector, nodeStreams } from '../../src/index.ts';

/** `connect` is called once for each life of the server. */
export function childServer(command: string, args: readonly string[]): UpstreamConnector {
  return {
    connect(events) {
      const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
      const server = nodeStreams({ input: child.stdout, output: child.stdin });
      child.once('spawn', () => events.ready());
      // Told by `close`, which follows.
      child.once('error', () => {});
      // The last event of a child, when all that it had said is read.
      child.once('close', (exitCode, signal) => {
        const reason = child.pid === undefined ? 'spawn-failed' : 'exited';
        events.lost({ reason, exitCode, signal, lastStderr: [] });
      });
      server.start({
        message: (bytes) => events.message(bytes),
        value: (message) => events.value?.(message),
        unreadable: (fault, bytes) => events.unreadable(fault, bytes),
        drained: () => events.drained(),
        failed: (about, failure) => events.failed(about, failure),
        // That its streams are over says less than how it ended, which follows.
        ended: () => {},
        closed: () => {},
      });
      return server.link;
    },
  };
}
