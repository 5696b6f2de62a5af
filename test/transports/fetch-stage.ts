/** The front of the Fetch standard where tests expect the one of Node: behind a server of Node, through the listener. */

import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { FetchVisitor } from '../../src/adapters/fetch-handler.ts';
import { nodeListener } from '../../src/adapters/node-listener.ts';
import { FixedDelay } from '../../src/transports/fixed-delay.ts';
import { nobody } from '../../src/transports/http-entrance.ts';
import { FetchFront } from '../../src/transports/http-fetch-front.ts';
import { FetchRequest } from '../../src/transports/http-fetch-request.ts';
import type { HttpFront } from '../../src/transports/http-front.ts';
import type { HttpFrontOptions } from '../../src/transports/http-front-options.ts';

export async function openFetchFront(options: HttpFrontOptions): Promise<HttpFront> {
  const { host, port, identify = () => nobody } = options;
  const front = new FetchFront(options);
  const never = new FixedDelay(options.clock, Infinity);
  const fetch = async (request: Request, _from?: FetchVisitor): Promise<Response> =>
    front.fetch(request, identify(new FetchRequest(request, never)));
  const server = createServer(nodeListener({ fetch }));
  await once(server.listen(port, host), 'listening');
  const { port: opened } = server.address() as AddressInfo;
  return {
    port: opened,
    url: `http://${host}:${opened}${options.path ?? '/mcp'}`,
    renewCertificate: () => undefined,
    drain: () => front.drain(),
    close: async () => {
      await front.close();
      await closed(server);
    },
  };
}

async function closed(server: Server): Promise<void> {
  const over = once(server.close(), 'close');
  server.closeAllConnections();
  await over;
}
