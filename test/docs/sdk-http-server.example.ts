/** Servers of the SDK behind streamable HTTP, as docs/guides/limits-for-an-existing-sdk-server.md shows them. */

import { createServer } from 'node:http';
import { McpServer } from '@modelcontextprotocol/server';
import { createFetchHandler, createRuntime, nodeListener, sdkServer } from '../../src/index.ts';

const limits = { sessions: 500, pendingPerSession: 20 };
const times = { sessionIdleMs: 600_000, requestIdleMs: 30_000 };
export const runtime = createRuntime({ limits, times });

/** Called once for each session, and again when its server has closed. */
function newServer(): McpServer {
  const server = new McpServer({ name: 'builds', version: '1.0.0' });
  server.registerTool('build', { description: 'Builds everything' }, async () => ({
    content: [{ type: 'text', text: 'built' }],
  }));
  return server;
}

/** MCP at `/mcp`, for clients on this machine: others want `door: { allowHosts }`. */
export const handler = createFetchHandler({ runtime, server: sdkServer(newServer) });
export const app = createServer(nodeListener(handler));
