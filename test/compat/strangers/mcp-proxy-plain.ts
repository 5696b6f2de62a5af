/** The library mcp-proxy in front of a child process, as its documentation shows it. */

import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Server } from '@modelcontextprotocol/server';
import { proxyServer, startHTTPServer } from 'mcp-proxy';

export async function mcpProxyPlain(command: string, args: string[], port: number): Promise<() => Promise<void>> {
  const client = new Client({ name: 'mcp-proxy', version: '1.0.0' });
  await client.connect(new StdioClientTransport({ command, args }));
  const serverCapabilities = client.getServerCapabilities() ?? {};
  const createServer = async (): Promise<Server> => {
    const server = new Server(client.getServerVersion() ?? { name: '', version: '' }, {
      capabilities: serverCapabilities,
    });
    await proxyServer({ client, server, serverCapabilities });
    return server;
  };
  const http = await startHTTPServer({ createServer, host: '127.0.0.1', port, sseEndpoint: null, eventStore: false });
  return async () => {
    await client.close();
    await http.close();
  };
}
