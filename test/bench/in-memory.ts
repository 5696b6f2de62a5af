/** A runtime whose peers are plain functions in the same process, and the few messages that the benches feed it. */

import type { PeerLink, Runtime, RuntimeOptions, RuntimeSession } from '../../src/index.ts';
import { createTracedRuntime } from '../../src/runtime/runtime.ts';
import type { Tracer } from '../../src/runtime/tracer.ts';

/** A peer that reads everything at once and remembers nothing. */
export const sink: PeerLink = { write: () => true, pause: () => {}, close: () => {} };

export const bytes = (message: object): Uint8Array => Buffer.from(JSON.stringify(message));

export const initialize = bytes({
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'bench', version: '1.0.0' } },
});
export const initializeResult = bytes({
  result: { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: { name: 'bench', version: '1.0.0' } },
  jsonrpc: '2.0',
  id: 0,
});
export const initialized = bytes({ jsonrpc: '2.0', method: 'notifications/initialized' });

export const call = (id: number): Uint8Array =>
  bytes({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'echo', arguments: { text: 'hello world' } } });
/** Members in the order in which the SDKs write them. */
export const callResult = (id: number): Uint8Array =>
  bytes({ result: { content: [{ type: 'text', text: 'hello world' }] }, jsonrpc: '2.0', id });

/** A runtime without limits that a bench could run into. */
export function benchRuntime(interceptors?: RuntimeOptions['interceptors'], tracer?: Tracer): Runtime {
  let opened = 0;
  return createTracedRuntime(
    {
      ids: { sessionId: () => `session-${++opened}` },
      limits: { sessions: 1_000_000, pendingTotal: 1_000_000, pendingPerSession: 10_000 },
      ...(interceptors === undefined ? {} : { interceptors }),
    },
    tracer,
  );
}

export function openSession(runtime: Runtime): RuntimeSession {
  const opened = runtime.open({ transportType: 'in-memory', client: sink, server: sink });
  if ('refusal' in opened) throw new Error(`The runtime refused a session: ${opened.refusal.code}`);
  return opened.session;
}

/** Opens a session whose peers have shaken hands. */
export function openServing(runtime: Runtime): RuntimeSession {
  const session = openSession(runtime);
  session.client.receive(initialize);
  session.server.receive(initializeResult);
  session.client.receive(initialized);
  return session;
}
