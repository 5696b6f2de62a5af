/** The shared worker that has a session for every tab, as the guide for browsers shows it. */

import { type Outcome, createRuntime, openSession } from '../../../src/core.ts';
import { portPeer } from './port-peer.example.ts';
import { socketServer } from './socket-server.example.ts';

const runtime = createRuntime({
  limits: { sessions: 20, pendingPerSession: 10, pendingTotal: 50 },
  times: { requestIdleMs: 2000, requestAbsoluteMs: 60_000 },
});

/** How the requests of all tabs ended. */
const ended: Partial<Record<Outcome, number>> = {};
runtime.observe((seen) => {
  if (seen.type === 'request-settled') ended[seen.outcome] = (ended[seen.outcome] ?? 0) + 1;
});

const server = socketServer(new URL(location.href).searchParams.get('server') ?? '');

addEventListener('connect', (event) => {
  const [port] = (event as MessageEvent).ports;
  if (port === undefined) return;
  const client = portPeer(port);
  try {
    openSession(runtime, { client, server });
  } catch {
    client.link.close('No room for another tab.');
  }
});

/** For a page that shows what goes on: the sums, whenever they are asked for. */
new BroadcastChannel('mcp-totals').addEventListener('message', ({ target, data }: MessageEvent<unknown>) => {
  const { sessionsByState, pending } = runtime.totals();
  if (data === 'asked') (target as BroadcastChannel).postMessage({ sessionsByState, pending, ended });
});
