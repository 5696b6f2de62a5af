/** The same with a session between its transport and its server: one line more, and a runtime. */

import { type Server, createServer } from 'node:http';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { createRuntime, wrapTransport } from '../../../src/index.ts';
import { newServerV1 } from './servers.ts';

const ids = { sessionId: (): string => crypto.randomUUID() };

const runtime = createRuntime({ ids, limits: { pendingPerSession: 100 } });

export function sdkV1WrappedTransport(): Server {
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
        await newServerV1().connect(wrapTransport(transport, { runtime, peer: 'client' }));
      }
      await transport.handleRequest(request, response);
    };
    void answer();
  });
}
