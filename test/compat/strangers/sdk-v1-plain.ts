/** A server of SDK v1 behind its own transport and node:http, as its documentation shows it. */

import { type Server, createServer } from 'node:http';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { newServerV1 } from './servers.ts';

export function sdkV1Plain(): Server {
  const transports = new Map<string, StreamableHTTPServerTransport>();
  return createServer((request, response) => {
    const answer = async (): Promise<void> => {
      const id = request.headers['mcp-session-id'];
      let transport = typeof id === 'string' ? transports.get(id) : undefined;
      if (transport === undefined) {
        const opened = new StreamableHTTPServerTransport({
          sessionIdGenerator: () => crypto.randomUUID(),
          onsessioninitialized: (sessionId) => void transports.set(sessionId, opened),
        });
        transport = opened;
        await newServerV1().connect(transport);
      }
      await transport.handleRequest(request, response);
    };
    void answer();
  });
}
