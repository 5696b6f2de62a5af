/** The ways through the proxy that there are: what stands in front, what behind, and the commands for it. */

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const ways = ['stdio to stdio', 'http to stdio', 'ws to stdio', 'http to http', 'stdio to http'] as const;

export type Way = (typeof ways)[number];

export const isHttpFront = (way: Way): boolean => way.startsWith('http');
export const isStdioFront = (way: Way): boolean => way.startsWith('stdio');
export const hasChild = (way: Way): boolean => way.endsWith('stdio');

export const httpFronts = ways.filter(isHttpFront);
export const stdioFronts = ways.filter(isStdioFront);
export const children = ways.filter(hasChild);
/** Where there are several clients. */
export const listening = ways.filter((way) => !isStdioFront(way));

/** The same from test/faults and from dist/test/faults. */
const root = existsSync(new URL('../../package.json', import.meta.url)) ? '../../' : '../../../';
const file = (path: string): string => fileURLToPath(new URL(root + path, import.meta.url));

const hook = file('test/fixtures/tells-held-bytes.mjs');

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
 * @param tellsHeldBytes on stderr, when it is asked by SIGUSR2.
 */
export function forward(
  way: Way,
  behind: readonly string[] | string,
  flags: readonly string[],
  tellsHeldBytes: boolean,
): readonly string[] {
  const [front = ''] = way.split(' ');
  return [
    process.execPath,
    ...(tellsHeldBytes ? ['--expose-gc', '--import', hook] : []),
    file('dist/bin/ninelives.cjs'),
    'forward',
    front,
    ...(front === 'stdio' ? [] : ['--listen', '127.0.0.1:0']),
    ...flags,
    ...(typeof behind === 'string' ? ['--upstream', behind] : ['--', ...behind]),
  ];
}
