/** What is held to the laws for docs/verify-peers.md: ours in front of servers of every kind, proxies of other projects, and servers. */

import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { RealTargetOptions } from '../../src/testing/targets/real-target-options.ts';

export interface Row {
  readonly name: string;
  /** As it is installed. */
  readonly what: string;
  readonly target: Omit<RealTargetOptions, 'era'>;
  readonly era: RealTargetOptions['era'];
  /** It gets so many times the time of the others: it starts slowly, or has more to tell. */
  readonly times?: number;
}

const root = fileURLToPath(new URL('../../../', import.meta.url));
const node = process.execPath;
const ours = (...words: readonly string[]): readonly string[] => [
  node,
  `${root}dist/bin/ninelives.cjs`,
  'forward',
  ...words,
];
const peer = (path: string): string => `${root}test/bench/peers/node_modules/${path}`;
const reference = (name: string, ...args: readonly string[]): readonly string[] => [
  node,
  createRequire(import.meta.url).resolve(`@modelcontextprotocol/${name}/dist/index.js`),
  ...args,
];
const listen = ['--listen', '127.0.0.1:{port}'];
const behind = ['--', '{server}'];
const upstream = ['--upstream', '{server-url}'];

const longer = (row: Row, times = 4): Row => ({ ...row, times });

const proxy = (name: string, what: string, command: readonly string[], more: Partial<Row['target']> = {}): Row => ({
  name,
  what,
  target: { kind: 'proxy', command, ...more },
  era: 'session',
});
const server = (name: string, what: string, command: readonly string[], more: Partial<Row['target']> = {}): Row => ({
  name,
  what,
  target: { kind: 'server', command, ...more },
  era: 'session',
});
const stateless = (row: Row): Row => ({ ...row, name: `${row.name}, stateless`, era: 'stateless' });

const home = `${tmpdir()}/ninelives-verify-home`;
const ninelives = 'ninelives';
const inspectorToken = 'verify';

const stdioFront = (to: string, words: readonly string[]): Row =>
  proxy(`stdio to ${to}`, ninelives, ours('stdio', ...words));
const httpFront = (to: string, words: readonly string[]): Row =>
  proxy(`HTTP to ${to}`, ninelives, ours('http', ...listen, ...words));
const websocketFront = (to: string, words: readonly string[]): Row =>
  proxy(`WebSocket to ${to}`, ninelives, ours('ws', ...listen, ...words), { url: 'ws://127.0.0.1:{port}/mcp' });

/** This proxy: each front, in front of each kind of server, in each era. */
export const ownRows: readonly Row[] = [stdioFront, httpFront, websocketFront].flatMap((front) => [
  ...[front('stdio', behind), front('HTTP', upstream)],
  ...[stateless(front('stdio', behind)), stateless(front('HTTP', upstream))],
]);

export const rows: readonly Row[] = [
  ...ownRows,
  longer(
    proxy('HTTP to stdio', 'mcp-proxy', [
      ...[node, peer('mcp-proxy/dist/bin/mcp-proxy.mjs'), '--host', '127.0.0.1', '--port', '{port}'],
      ...['--server', 'stream', ...behind],
    ]),
  ),
  longer(
    proxy('HTTP to stdio', 'supergateway', [
      ...[node, peer('supergateway/dist/index.js'), '--stdio', '{server}', '--outputTransport', 'streamableHttp'],
      ...['--stateful', '--port', '{port}'],
    ]),
  ),
  longer(
    proxy('HTTP to stdio', 'inspector-server', [node, peer('@modelcontextprotocol/inspector-server/build/index.js')], {
      url: 'http://127.0.0.1:{port}/mcp?transportType=stdio&command={server}',
      env: { SERVER_PORT: '{port}', HOST: '127.0.0.1', MCP_PROXY_AUTH_TOKEN: inspectorToken },
      headers: { 'x-mcp-proxy-auth': `Bearer ${inspectorToken}`, origin: 'http://localhost:6274' },
    }),
    8,
  ),
  proxy(
    'stdio to HTTP',
    'mcp-remote',
    [node, peer('mcp-remote/dist/proxy.js'), '{server-url}', '--allow-http', '--transport', 'http-only'],
    { env: { MCP_REMOTE_CONFIG_DIR: home, HOME: home } },
  ),
  server('stdio', 'server-everything', reference('server-everything')),
  server('HTTP', 'server-everything', reference('server-everything', 'streamableHttp'), { env: { PORT: '{port}' } }),
  server('stdio', 'server-filesystem', reference('server-filesystem', tmpdir())),
  server('stdio', 'server-memory', reference('server-memory')),
  longer(server('HTTP', 'SDK v1', [node, `${root}test/fixtures/sdk-v1-http-server.mjs`, '{port}'])),
  server('stdio', 'SDK v2', [node, `${root}test/fixtures/sdk-v2-server.mjs`]),
  stateless(server('stdio', 'SDK v2', [node, `${root}test/fixtures/sdk-v2-server.mjs`])),
];
