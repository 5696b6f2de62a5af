/** The strangers, as they are and with sessions around them, and which pains each is to show. */

import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { mcpProxyPlain } from './mcp-proxy-plain.ts';
import { mcpProxyWrapped } from './mcp-proxy-wrapped.ts';
import type { PainName } from './pains.ts';
import { sdkV1Plain } from './sdk-v1-plain.ts';
import { sdkV1WrappedTransport } from './sdk-v1-wrapped-transport.ts';
import { sdkV1Wrapped } from './sdk-v1-wrapped.ts';
import { sdkV2Plain } from './sdk-v2-plain.ts';
import { sdkV2Wrapped } from './sdk-v2-wrapped.ts';

export interface Running {
  readonly port: number;
  readonly stop: () => Promise<void>;
}

export interface Stranger {
  readonly name: string;
  /** In this folder. */
  readonly file: string;
  readonly shows: readonly PainName[];
  readonly start: () => Promise<Running>;
}

const child = fileURLToPath(new URL('../../../dist/test/compat/strangers/stdio-child.js', import.meta.url));
const command = [process.execPath, [child]] as const;

async function listening(server: Server): Promise<Running> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A port that nobody listens on, for who wants to be told one. */
async function freePort(): Promise<number> {
  const { port, stop } = await listening(createServer());
  await stop();
  return port;
}

export const strangers: readonly Stranger[] = [
  {
    name: 'SDK v1, `StreamableHTTPServerTransport`',
    file: 'sdk-v1-plain.ts',
    shows: ['duplicate ids', 'dead server', 'never answered', 'unread answer'],
    start: () => listening(sdkV1Plain()),
  },
  {
    name: 'the same, `wrapTransport`',
    file: 'sdk-v1-wrapped-transport.ts',
    shows: ['duplicate ids', 'unread answer'],
    start: () => listening(sdkV1WrappedTransport()),
  },
  {
    name: 'its server, `sdkServer` and `createFetchHandler`',
    file: 'sdk-v1-wrapped.ts',
    shows: [],
    start: () => listening(sdkV1Wrapped()),
  },
  {
    name: 'SDK v2, `createMcpHandler`',
    file: 'sdk-v2-plain.ts',
    shows: ['dead server', 'never answered', 'unread answer'],
    start: () => listening(sdkV2Plain()),
  },
  {
    name: 'its server, `sdkServer` and `createFetchHandler`',
    file: 'sdk-v2-wrapped.ts',
    shows: [],
    start: () => listening(sdkV2Wrapped()),
  },
  {
    name: '`mcp-proxy` 6.7.19, `startHTTPServer`',
    file: 'mcp-proxy-plain.ts',
    shows: ['duplicate ids', 'dead server', 'never answered', 'unread answer'],
    start: async () => {
      const port = await freePort();
      return { port, stop: await mcpProxyPlain(command[0], [...command[1]], port) };
    },
  },
  {
    name: 'its `proxyServer`, `sdkServer` and `createFetchHandler`',
    file: 'mcp-proxy-wrapped.ts',
    shows: [],
    start: () => listening(mcpProxyWrapped(command[0], [...command[1]])),
  },
];
