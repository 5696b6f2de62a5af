/** The runtime inside another program, as the README shows it. */

import { randomUUID } from 'node:crypto';
import type { MessagePort } from 'node:worker_threads';
import { type Outcome, type PeerLink, type RuntimeSession, createRuntime } from '../../src/index.ts';

const runtime = createRuntime({ ids: { sessionId: randomUUID }, limits: { pendingPerSession: 100 } });

/** Every request ends in exactly one outcome; here they are counted. */
export const ended = new Map<Outcome, number>();
runtime.observe((seen) => {
  if (seen.type === 'request-settled') ended.set(seen.outcome, (ended.get(seen.outcome) ?? 0) + 1);
});

/** Puts a session between a client and a server, here each at the other end of a message port. */
export function connect(client: MessagePort, server: MessagePort): RuntimeSession {
  const opened = runtime.open({ transportType: 'in-memory', client: linkTo(client), server: linkTo(server) });
  if ('refusal' in opened) throw new Error(opened.refusal.code);
  const { session } = opened;
  client.on('message', (message: Uint8Array) => session.client.receive(message));
  client.on('close', () => session.client.closed(true));
  server.on('message', (message: Uint8Array) => session.server.receive(message));
  server.on('close', () => session.server.closed());
  return session;
}

/** Where the session writes: slices that together are one message. A port takes everything and cannot be paused. */
function linkTo(port: MessagePort): PeerLink {
  return {
    write(message) {
      port.postMessage(Buffer.concat(message));
      return true;
    },
    pause() {},
    close: () => port.close(),
  };
}
