/** Sessions around transports and servers of the official SDKs, as the docstrings of the adapters show them. */

import { type InMemoryTransport, McpServer } from '@modelcontextprotocol/server';
import { createRuntime, openSession, sdkServer, sdkTransport, wrapTransport } from '../../src/index.ts';

export const runtime = createRuntime({ ids: { sessionId: () => crypto.randomUUID() } });

/** A server that exists, and its transport with a session in front. */
export async function serve(transport: InMemoryTransport): Promise<McpServer> {
  const server = new McpServer({ name: 'echo', version: '1.0.0' });
  await server.connect(wrapTransport(transport, { runtime, peer: 'client' }));
  return server;
}

/** A session between two transports. */
export function forward(fromClient: InMemoryTransport, toServer: InMemoryTransport): string {
  const session = openSession(runtime, { client: sdkTransport(fromClient), server: sdkTransport(toServer) });
  return session.id;
}

/** A server for each session, made when it is needed. */
export function serveInProcess(fromClient: InMemoryTransport): string {
  const server = sdkServer(() => new McpServer({ name: 'echo', version: '1.0.0' }));
  return openSession(runtime, { client: sdkTransport(fromClient), server }).id;
}
