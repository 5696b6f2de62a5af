/** The commands of the ways that have HTTP on one side at least: our floors and ninelives, for each path. */

import { fileURLToPath } from 'node:url';

/** What is in front, and what is behind. */
export type HttpPath = 'http-stdio' | 'http-http' | 'stdio-http';

/** What a way is to be started in front of. */
export interface Wanted {
  /** To listen on; of no meaning where standard streams are in front. */
  readonly port: string;
  /** A server's command, for who starts one. */
  readonly server: readonly string[];
  /** The URL of a server that runs, for who reaches one. */
  readonly upstream: string;
  /** An empty folder of its own. */
  readonly folder: string;
}

export interface Start {
  /** What Node is to run. */
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Of every request to it. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly openingQuery?: string;
}

const program = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const command = program('../../bin/ninelives.cjs');

export const echoHttpServer = (port: string): Start => ({ command: [program('./echo-http-server.js'), port] });

/** By name, in the order in which they are shown. */
export const floors: Readonly<Record<HttpPath, Readonly<Record<string, (wanted: Wanted) => Start>>>> = {
  'http-stdio': {
    scan: ({ port, server }) => ({ command: [program('./floor-http-stdio.js'), 'scan', port, '--', ...server] }),
    parse: ({ port, server }) => ({ command: [program('./floor-http-stdio.js'), 'parse', port, '--', ...server] }),
  },
  'http-http': {
    pipe: ({ port, upstream }) => ({ command: [program('./floor-http-http.js'), 'pipe', port, upstream] }),
    parse: ({ port, upstream }) => ({ command: [program('./floor-http-http.js'), 'parse', port, upstream] }),
  },
  'stdio-http': {
    parse: ({ upstream }) => ({ command: [program('./floor-stdio-http.js'), upstream] }),
  },
};

/** @param flags of the command, before what stands behind it. */
export function ninelivesOn(path: HttpPath, { port, server, upstream }: Wanted, flags: readonly string[] = []): Start {
  const listen = ['--listen', `127.0.0.1:${port}`, ...flags];
  switch (path) {
    case 'http-stdio':
      return { command: [command, 'forward', 'http', ...listen, '--', ...server] };
    case 'http-http':
      return { command: [command, 'forward', 'http', ...listen, '--upstream', upstream] };
    case 'stdio-http':
      return { command: [command, 'forward', 'stdio', ...flags, '--upstream', upstream] };
  }
}
