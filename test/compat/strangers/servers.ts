/** Servers of both SDKs with the same tools. */

import { Server as ServerV2 } from '@modelcontextprotocol/server';
import { Server as ServerV1 } from '@modelcontextprotocol/sdk/server/index.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { runTool } from './tools.ts';

const info = { name: 'stranger', version: '1.0.0' };
const capabilities = { tools: {} };

export function newServerV1(): ServerV1 {
  const server = new ServerV1(info, { capabilities });
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: [] }));
  server.setRequestHandler(CallToolRequestSchema, ({ params }, { sendNotification }) =>
    runTool(params, {
      progress: (message) => {
        const progressToken = params._meta?.progressToken ?? '';
        return sendNotification({ method: 'notifications/progress', params: { progress: 1, progressToken, message } });
      },
      die: () => void server.close(),
    }),
  );
  return server;
}

export function newServerV2(die?: () => void): ServerV2 {
  const server = new ServerV2(info, { capabilities });
  server.setRequestHandler('tools/list', () => ({ tools: [] }));
  server.setRequestHandler('tools/call', ({ params }, { mcpReq }) =>
    runTool(params, {
      progress: (message) => {
        const progressToken = mcpReq._meta?.progressToken ?? '';
        return mcpReq.notify({ method: 'notifications/progress', params: { progress: 1, progressToken, message } });
      },
      die: die ?? (() => void server.close()),
    }),
  );
  return server;
}
