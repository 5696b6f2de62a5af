/**
 * What is compared with what. A way is how the suite reaches our fixture, or its client reaches the suite; a mode is a way with
 * ninelives in it, and the same way without.
 */

import {
  type ClientProxy,
  type Command,
  bridge,
  clientLine,
  clusterToHttp,
  clusterToStdio,
  fetchFront,
  fixtureHttp,
  fixtureManyStdio,
  fixtureStdio,
  forwardHttpToHttp,
  forwardHttpToStdio,
  forwardStdio,
  forwardStdioToHttp,
  joinedTo,
  transparentProxy,
} from './programs.ts';
import { freePort } from '../e2e/free-port.ts';
import { type Service, startService } from './service.ts';

export type Way =
  | {
      readonly direction: 'server';
      readonly name: string;
      /** @param log where programs write, without the end of the name. */
      readonly start: (log: string) => Promise<Service>;
    }
  | {
      readonly direction: 'client';
      readonly name: string;
      /** The command of the client, as the suite takes it. */
      readonly line: string;
    };

export interface Mode {
  readonly name: string;
  readonly about: string;
  readonly baseline: Way;
  readonly candidate: Way;
}

const direct: Way = {
  direction: 'server',
  name: 'direct',
  start: async (log) => startService(fixtureHttp, { log: `${log}fixture.log` }),
};

const inFront = (name: string, proxy: (url: string) => Command): Way => ({
  direction: 'server',
  name,
  async start(log) {
    const server = await startService(fixtureHttp, { log: `${log}fixture.log` });
    return joined(server, async () => startService(proxy(server.url), { log: `${log}proxy.log` }));
  },
});

const bridged = (name: string, fixture: Command, serverOf: (url: string) => Command): Way => ({
  direction: 'server',
  name,
  async start(log) {
    const running = await startService(fixture, { log: `${log}fixture.log` });
    const port = await freePort();
    const url = `http://127.0.0.1:${String(port)}/mcp`;
    const front = bridge(serverOf(running.url), port);
    return joined(running, async () => startService(front, { url, log: `${log}bridge.log` }));
  },
});

const client = (name: string, through?: ClientProxy): Way => ({ direction: 'client', name, line: clientLine(through) });

const toStdio: Way = {
  direction: 'server',
  name: 'http-to-stdio',
  start: async (log) => startService(forwardHttpToStdio(fixtureStdio), { log: `${log}proxy.log` }),
};

const bridgeAlone = bridged('bridge', fixtureManyStdio, joinedTo);
const clientDirect = client('client-direct');

export const modes: readonly Mode[] = [
  {
    name: 'direct',
    about: 'the fixture over HTTP, a second time: shows whether the baseline is steady',
    baseline: direct,
    candidate: { ...direct, name: 'direct-again' },
  },
  {
    name: 'transparent',
    about: 'behind a proxy that only passes bytes on: shows that the comparison finds nothing where there is nothing',
    baseline: direct,
    candidate: inFront('transparent', transparentProxy),
  },
  {
    name: 'http-to-http',
    about: '`ninelives forward http --upstream` before the fixture over HTTP',
    baseline: direct,
    candidate: inFront('http-to-http', forwardHttpToHttp),
  },
  {
    name: 'fetch',
    about: '`createFetchHandler` on a server of Node before the fixture over HTTP',
    baseline: direct,
    candidate: inFront('fetch', fetchFront),
  },
  {
    name: 'http-to-stdio',
    about: '`ninelives forward http --` before the fixture over stdio',
    baseline: direct,
    candidate: toStdio,
  },
  {
    name: 'cluster-to-http',
    about: 'three nodes of a cluster before the fixture over HTTP, each request to the next of them; wants nats-server',
    baseline: direct,
    candidate: inFront('cluster-to-http', clusterToHttp),
  },
  {
    name: 'cluster-to-stdio',
    about: 'the same before the fixture over stdio, compared with one node',
    baseline: toStdio,
    candidate: {
      direction: 'server',
      name: 'cluster-to-stdio',
      start: async (log) => startService(clusterToStdio(fixtureStdio), { log: `${log}proxy.log` }),
    },
  },
  {
    name: 'stdio-to-stdio',
    about: 'the fixture over stdio behind a bridge to HTTP, with `ninelives forward stdio` between the two',
    baseline: bridgeAlone,
    candidate: bridged('stdio-to-stdio', fixtureManyStdio, (url) => forwardStdio(joinedTo(url))),
  },
  {
    name: 'stdio-to-http',
    about: 'the bridge before `ninelives forward stdio --upstream` before the fixture over HTTP',
    baseline: bridgeAlone,
    candidate: bridged('stdio-to-http', fixtureHttp, forwardStdioToHttp),
  },
  {
    name: 'client-transparent',
    about: "the client of the SDK against the suite's server, through a proxy that only passes bytes on",
    baseline: clientDirect,
    candidate: client('client-transparent', 'transparent'),
  },
  {
    name: 'client',
    about: "the client of the SDK against the suite's server, through `ninelives forward http --upstream`",
    baseline: clientDirect,
    candidate: client('client', 'ninelives'),
  },
];

/** Stops both, the front first; when the front does not start, the server is stopped. */
async function joined(server: Service, start: () => Promise<Service>): Promise<Service> {
  try {
    const front = await start();
    const stop = async (): Promise<void> => {
      await front.stop();
      await server.stop();
    };
    return { url: front.url, stop };
  } catch (error) {
    await server.stop();
    throw error;
  }
}
