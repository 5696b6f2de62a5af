/** The commands that a run is put together from: the fixture, the proxies, and what stands in front of or behind them. */

import { fileURLToPath } from 'node:url';

export type Command = readonly string[];

const built = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const node = (path: string, ...args: readonly string[]): Command => [process.execPath, built(path), ...args];

/** Where the suite and what it needs are installed; dist/test/conformance mirrors test/conformance. */
export const suiteHome = built('../../../test/conformance/suite');

/** The Node that the suite needs; everything else here runs on the project's. */
export const newerNode = `${suiteHome}/node_modules/node/bin/node`;

export const fixtureHttp: Command = node('./fixture/http.js');
export const fixtureStdio: Command = node('./fixture/stdio.js');
export const fixtureManyStdio: Command = node('./fixture/many-stdio.js');

/** A stdio server that is up as soon as a bare Node is: it is joined to one that runs already. */
export const joinedTo = (url: string): Command => [process.execPath, '-e', join, new URL(url).port];

const join = `
const socket = require("net").connect({ port: process.argv[1], host: "127.0.0.1", noDelay: true });
process.stdin.pipe(socket).pipe(process.stdout);
socket.on("close", () => process.exit());
`.replaceAll('\n', ' ');

const ninelives = (...args: readonly string[]): Command => node('../../bin/ninelives.cjs', ...args);
const listen = '127.0.0.1:0';

export const forwardHttpToHttp = (url: string): Command =>
  ninelives('forward', 'http', '--listen', listen, '--upstream', url);

/** No proxy of ours, but what a program with an HTTP server of its own puts in front. */
export const fetchFront = (url: string): Command => node('./fetch-front.js', url);

export const forwardHttpToStdio = (server: Command): Command =>
  ninelives('forward', 'http', '--listen', listen, '--', ...server);

/** One node of several; the words name its server. */
export const clusterNode = (engine: string, words: readonly string[]): Command =>
  ninelives('forward', 'http', '--listen', listen, '--cluster', engine, ...words);

export const clusterToHttp = (url: string): Command => node('./cluster-front.js', '--upstream', url);

export const clusterToStdio = (server: Command): Command => node('./cluster-front.js', '--', ...server);

export const forwardStdio = (server: Command): Command => ninelives('forward', 'stdio', '--', ...server);

export const transparentProxy = (url: string): Command => node('./transparent-proxy.js', url);

export const forwardStdioToHttp = (url: string): Command => ninelives('forward', 'stdio', '--upstream', url);

/** Makes a stdio server an HTTP server with sessions. It takes the server as one line for a shell. */
export const bridge = (server: Command, port: number): Command => [
  process.execPath,
  `${suiteHome}/node_modules/supergateway/dist/index.js`,
  ...['--stdio', server.map((word) => `'${word}'`).join(' ')],
  ...['--outputTransport', 'streamableHttp', '--stateful', '--port', String(port)],
];

/** What may stand between the suite's server and the conformance client. */
export const clientProxies = {
  ninelives: forwardHttpToHttp,
  transparent: transparentProxy,
} as const;

export type ClientProxy = keyof typeof clientProxies;

/** For the suite, which splits the line at blanks and appends the URL of its server. */
export const clientLine = (through?: ClientProxy): string =>
  (through === undefined ? node('./client.js') : node('./client-through.js', through)).join(' ');
