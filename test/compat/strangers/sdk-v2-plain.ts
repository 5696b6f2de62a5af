/** A server of SDK v2 behind its own handler, which makes one for each request. */

import { type Server, createServer } from 'node:http';
import { createMcpHandler } from '@modelcontextprotocol/server';
import { nodeListener } from '../../../src/index.ts';
import { newServerV2 } from './servers.ts';

export function sdkV2Plain(): Server {
  const handler = createMcpHandler(() => newServerV2());
  return createServer(nodeListener({ fetch: (request) => handler.fetch(request) }));
}
