/** The programs that a soak starts: the built proxy, the servers behind it, the client that can be killed. */

import { fileURLToPath } from 'node:url';

/** The soak runs from dist/test/soak. */
const fromRoot = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

export const scriptedServer: readonly string[] = [process.execPath, fromRoot('test/fixtures/scripted-server.mjs')];

export const everythingServer: readonly string[] = [
  process.execPath,
  fileURLToPath(import.meta.resolve('@modelcontextprotocol/server-everything/dist/index.js')),
];

export function forwarding(
  server: readonly string[],
  flags: readonly string[] = [],
  nodeFlags: readonly string[] = [],
  front: 'stdio' | 'http' | 'ws' = 'stdio',
): readonly string[] {
  return [
    process.execPath,
    ...nodeFlags,
    fromRoot('dist/bin/ninelives.cjs'),
    'forward',
    front,
    ...flags,
    '--',
    ...server,
  ];
}

export function gatewayOf(file: string): readonly string[] {
  return [process.execPath, fromRoot('dist/bin/ninelives.cjs'), 'gateway', '--config', file];
}

/** Node's flags for a proxy that says how it is when asked by SIGUSR2. */
export const withVitals: readonly string[] = [
  '--expose-gc',
  '--import',
  new URL('./vitals-hook.js', import.meta.url).href,
];

/** The command behind a client process of its own. */
export function launched(command: readonly string[]): readonly string[] {
  return [process.execPath, fileURLToPath(new URL('./launcher.js', import.meta.url)), ...command];
}
