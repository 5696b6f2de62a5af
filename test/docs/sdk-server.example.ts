/** A server of the SDK with limits, as docs/guides/limits-for-an-existing-sdk-server.md shows it. */

import { McpServer } from '@modelcontextprotocol/server';
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import { type SdkTransport, createRuntime, wrapTransport } from '../../src/index.ts';

export const runtime = createRuntime({
  limits: { pendingPerSession: 20 },
  times: { requestIdleMs: 30_000, requestAbsoluteMs: 300_000 },
});

function newServer(): McpServer {
  const server = new McpServer({ name: 'builds', version: '1.0.0' });
  server.registerTool('build', { description: 'Builds everything' }, async () => ({
    content: [{ type: 'text', text: 'built' }],
  }));
  return server;
}

/** Where it said `connect(transport)`, it says `connect(wrapTransport(transport, ...))`. */
export async function serve(transport: SdkTransport = new StdioServerTransport()): Promise<void> {
  await newServer().connect(wrapTransport(transport, { runtime, peer: 'client' }));
}
