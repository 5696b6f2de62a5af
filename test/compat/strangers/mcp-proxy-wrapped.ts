/** The library mcp-proxy behind a session: each has a child process and a proxy of its own, made anew when the child dies. */

import { type Server as HttpServer, createServer } from 'node:http';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Server } from '@modelcontextprotocol/server';
import { proxyServer } from 'mcp-proxy';
import { createFetchHandler, createRuntime, nodeListener, sdkServer, wrapTransport } from '../../../src/index.ts';

const ids = { sessionId: (): string => crypto.randomUUID() };

/** It lets go of progress without waiting whether anybody takes it: then a limit does what pausing cannot. */
const buffers = { frameBytesMax: 1_048_576, bufferPauseBytes: 262_144, bufferBytesMax: 4_194_304 };
const runtime = createRuntime({ ids, limits: { pendingPerSession: 100, ...buffers } });

export function mcpProxyWrapped(command: string, args: string[]): HttpServer {
  const proxied = async (): Promise<Server> => {
    const client = new Client({ name: 'mcp-proxy', version: '1.0.0' });
    await client.connect(wrapTransport(new StdioClientTransport({ command, args }), { runtime, peer: 'server' }));
    const serverCapabilities = client.getServerCapabilities() ?? {};
    const server = new Server(client.getServerVersion() ?? { name: '', version: '' }, {
      capabilities: serverCapabilities,
    });
    await proxyServer({ client, server, serverCapabilities });
    const { onclose } = server;
    server.onclose = () => {
      onclose?.();
      void client.close();
    };
    client.onclose = () => void server.close();
    return server;
  };
  return createServer(nodeListener(createFetchHandler({ runtime, server: sdkServer(proxied), limits: buffers })));
}
