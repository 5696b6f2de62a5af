/**
 * Proxies of other projects that speak HTTP on one side at least, as the package test/bench/peers installs them: how each is
 * started, and what a client of it has to say besides MCP. A bench without them leaves their rows out.
 */

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { HttpPath, Start, Wanted } from './http-starts.ts';

export interface HttpPeer {
  readonly name: string;
  readonly path: HttpPath;
  /** Of a message, as the client writes it. */
  readonly bytesMax: number;
  readonly start: (wanted: Wanted) => Start;
}

interface PeerRow extends HttpPeer {
  /** The file that Node runs. */
  readonly entry: string;
}

const folder = fileURLToPath(new URL('../../../test/bench/peers/node_modules/', import.meta.url));
const kibibyte = 1024;

const mcpProxy = `${folder}mcp-proxy/dist/bin/mcp-proxy.mjs`;
const supergateway = `${folder}supergateway/dist/index.js`;
const inspector = `${folder}@modelcontextprotocol/inspector-server/build/index.js`;
const civic = `${folder}@civic/passthrough-mcp-server/dist/cli.js`;
const mcpRemote = `${folder}mcp-remote/dist/proxy.js`;

/** Whatever it is: who knows it is let in. */
const token = 'bench';

const rows: readonly PeerRow[] = [
  {
    name: 'mcp-proxy',
    path: 'http-stdio',
    entry: mcpProxy,
    bytesMax: Infinity,
    start: ({ port, server }) => ({
      command: [mcpProxy, '--host', '127.0.0.1', '--port', port, '--server', 'stream', '--', ...server],
    }),
  },
  {
    name: 'supergateway',
    path: 'http-stdio',
    entry: supergateway,
    bytesMax: 100 * kibibyte,
    start: ({ port, server }) => ({
      command: [
        ...[supergateway, '--stdio', server.map(quoted).join(' '), '--outputTransport', 'streamableHttp', '--stateful'],
        ...['--port', port, '--logLevel', 'none', '--protocolVersion', '2025-11-25'],
      ],
    }),
  },
  {
    name: 'inspector-server',
    path: 'http-http',
    entry: inspector,
    bytesMax: 4096 * kibibyte,
    start: ({ port, upstream }) => ({
      command: [inspector],
      env: { SERVER_PORT: port, HOST: '127.0.0.1', MCP_PROXY_AUTH_TOKEN: token },
      headers: { 'x-mcp-proxy-auth': `Bearer ${token}`, Origin: 'http://localhost:6274' },
      openingQuery: new URLSearchParams({ transportType: 'streamable-http', url: upstream }).toString(),
    }),
  },
  {
    name: 'civic',
    path: 'http-http',
    entry: civic,
    bytesMax: Infinity,
    start: ({ port, upstream }) => ({
      command: [civic],
      env: { PORT: port, TARGET_SERVER_URL: new URL(upstream).origin, TARGET_SERVER_TRANSPORT: 'httpStream' },
    }),
  },
  {
    name: 'mcp-remote',
    path: 'stdio-http',
    entry: mcpRemote,
    bytesMax: Infinity,
    start: ({ upstream, folder: home }) => ({
      command: [mcpRemote, upstream, '--allow-http', '--transport', 'http-only'],
      env: { MCP_REMOTE_CONFIG_DIR: home, HOME: home },
    }),
  },
];

export function installedHttpPeers(path: HttpPath): readonly HttpPeer[] {
  return rows.filter((row) => row.path === path && existsSync(row.entry));
}

/** Names of the peers that are not there; `npm run bench:peers` installs them. */
export function missingHttpPeers(): readonly string[] {
  return rows.filter(({ entry }) => !existsSync(entry)).map(({ name }) => name);
}

/** One word for a shell. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
