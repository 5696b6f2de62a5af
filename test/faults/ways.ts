/** The ways through the proxy that there are: what stands in front, what behind, and the commands for it. */

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Those on which everything is tried. */
export const ways = ['stdio to stdio', 'http to stdio', 'ws to stdio', 'http to http', 'stdio to http'] as const;

/** Besides, for what happens between a proxy and a server elsewhere: the older transport over HTTP, and WebSocket. */
const further = [
  'ws to http',
  'stdio to sse',
  'http to sse',
  'ws to sse',
  'stdio to ws',
  'http to ws',
  'ws to ws',
] as const;

export const allWays = [...ways, ...further] as const;

export type Way = (typeof allWays)[number];

export const isHttpFront = (way: Way): boolean => way.startsWith('http');
export const isStdioFront = (way: Way): boolean => way.startsWith('stdio');
export const hasChild = (way: Way): boolean => way.endsWith('stdio');

export const httpFronts = ways.filter(isHttpFront);
export const stdioFronts = ways.filter(isStdioFront);
export const children = ways.filter(hasChild);
/** Where the server is elsewhere, whatever it speaks. */
export const remote = allWays.filter((way) => !hasChild(way));

/** What a server elsewhere speaks. */
export const upstreamOf = (way: Way): string => way.split(' ').at(-1)!;

/** The URL of the scripted server elsewhere, for what this way speaks. */
export function urlOn(way: Way, port: number, { isTls = false } = {}): string {
  const s = isTls ? 's' : '';
  switch (upstreamOf(way)) {
    case 'ws':
      return `ws${s}://127.0.0.1:${port}/ws`;
    case 'sse':
      return `http${s}://127.0.0.1:${port}/sse`;
    default:
      return `http${s}://127.0.0.1:${port}/mcp`;
  }
}
/** Where there are several clients. */
export const listening = ways.filter((way) => !isStdioFront(way));

/** The same from test/faults and from dist/test/faults. */
const root = existsSync(new URL('../../package.json', import.meta.url)) ? '../../' : '../../../';
const file = (path: string): string => fileURLToPath(new URL(root + path, import.meta.url));

const hooks = {
  'tells held bytes': ['--expose-gc', '--import', file('test/fixtures/tells-held-bytes.mjs')],
  'can be disturbed': ['--import', file('test/fixtures/disturbed-process.mjs')],
} as const;

/** What is loaded into the proxy before it starts. */
export type Hook = keyof typeof hooks;

/** A certificate of this machine that was good for a day, long ago. */
export const expired = { cert: file('test/fixtures/tls/expired.pem'), key: file('test/fixtures/tls/expired-key.pem') };

/** The scripted server on its pipes. */
export const scriptedChild = (...options: readonly string[]): readonly string[] => [
  process.execPath,
  file('test/fixtures/scripted-server.mjs'),
  ...options,
];

/** The scripted server over HTTP. */
export const scriptedServer = (port: number, ...options: readonly string[]): readonly string[] => [
  process.execPath,
  file('test/fixtures/scripted-http-server.mjs'),
  String(port),
  ...options,
];

/** A server in one process of a megabyte, for many at once. */
export const tinyChild = (marker: string): readonly string[] => ['sh', file('test/fixtures/tiny-server.sh'), marker];

/**
 * @param behind the command of a server, or the URL of one.
 */
export function forward(
  way: Way,
  behind: readonly string[] | string,
  flags: readonly string[],
  hook: Hook | undefined,
): readonly string[] {
  const [front = ''] = way.split(' ');
  return [
    process.execPath,
    ...(hook === undefined ? [] : hooks[hook]),
    file('dist/bin/ninelives.cjs'),
    'forward',
    front,
    ...(front === 'stdio' ? [] : ['--listen', '127.0.0.1:0']),
    ...flags,
    ...(typeof behind === 'string' ? ['--upstream', behind] : ['--', ...behind]),
  ];
}
