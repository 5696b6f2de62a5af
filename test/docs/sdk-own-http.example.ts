/** The HTTP transport of the SDK (version 1), kept, as docs/guides/limits-for-an-existing-sdk-server.md shows it. */

import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { LocalError, createRuntime, wrapTransport } from '../../src/index.ts';

export const runtime = createRuntime({ limits: { sessions: 2 }, times: { sessionIdleMs: 600_000 } });
const transports = new Map<string, StreamableHTTPServerTransport>();

/** A transport that is left behind for ten minutes is closed by its session, and leaves the table. */
async function newTransport(): Promise<StreamableHTTPServerTransport> {
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    onsessioninitialized: (id) => void transports.set(id, transport),
  });
  const onEnded = (): void => void transports.delete(transport.sessionId ?? '');
  const server = new McpServer({ name: 'builds', version: '1.0.0' });
  await server.connect(wrapTransport(transport, { runtime, peer: 'client', onEnded }));
  return transport;
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const known = transports.get(String(request.headers['mcp-session-id']));
    await (known ?? (await newTransport())).handleRequest(request, response);
  } catch (error) {
    response.writeHead(error instanceof LocalError ? 503 : 500).end();
  }
}

export const app = createServer((request, response) => void serve(request, response));
