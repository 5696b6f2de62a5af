/**
 * The fetch-style handler on a server of Node, before the server at a URL: `node dist/test/conformance/fetch-front.js URL`. Says on
 * stderr where it listens.
 */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createFetchHandler } from '../../src/adapters/fetch-handler.ts';
import { nodeListener } from '../../src/adapters/node-listener.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { defaultLimits } from '../../src/session/limits.ts';
import { openHttpAgent } from '../../src/transports/http-agent.ts';
import { httpConnector } from '../../src/transports/http-connector.ts';

const [url = ''] = process.argv.slice(2);
const runtime = createRuntime();
const agent = await openHttpAgent({ env: {} });
const { frameBytesMax } = defaultLimits;
const handler = createFetchHandler({
  runtime,
  server: () => httpConnector({ url, agent, clock: runtime.clock, frameBytesMax }),
  sessionless: 'pass',
});
const server = createServer(nodeListener(handler)).listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stderr.write(`listening on http://127.0.0.1:${String(port)}/mcp\n`);
});
