/** A server of the official SDK behind the fetch-style handler, as the guide shows it. */

import { McpServer } from '@modelcontextprotocol/server';
import { createFetchHandler, createRuntime, sdkServer } from '../../src/index.ts';

function greeter(): McpServer {
  const server = new McpServer({ name: 'greeter', version: '1.0.0' });
  server.registerTool('greet', { description: 'Says hello.' }, () => ({ content: [{ type: 'text', text: 'Hello' }] }));
  return server;
}

export const runtime = createRuntime();
export const mcp = createFetchHandler({ runtime, server: sdkServer(greeter) });

/** To be called before the process ends: what is under way is finished first. */
export async function leave(): Promise<void> {
  mcp.drain();
  await runtime.drain();
  await mcp.close();
}
