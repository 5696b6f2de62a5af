/** Servers elsewhere, and the network on the way to them: whoever waits is told, and who comes later is served when that is possible. */

import { call, told } from './client.ts';
import { type Fault, type Theme, everywhere } from './fault.ts';
import type { Stage } from './stage.ts';
import { type Way, allWays, expired, isHttpFront, isStdioFront, remote, upstreamOf } from './ways.ts';

const overHttp = (...verdicts: readonly [verdict: string, onHttp: string, on: readonly Way[]]): Fault['verdicts'] => {
  const [verdict, onHttp, on] = verdicts;
  return { ...everywhere(verdict, on), ...everywhere(onHttp, on.filter(isHttpFront)) };
};

const lost = '5020 UPSTREAM_LOST';

/** Nobody can begin a session; where it is the only one, or the connection itself, that is the end of it. */
const unreachable = (on: readonly Way[]): Fault['verdicts'] => ({
  ...everywhere(`${lost}, the connection ends (1011 upstream-exhausted)`, on),
  ...everywhere(`HTTP 502, ${lost}`, on.filter(isHttpFront)),
  ...everywhere(`${lost}, exit 1`, on.filter(isStdioFront)),
});

const requestIdleMs = 1000;

/** Every run of the tests tries one or two ways of each fault; between them are all upstreams and all fronts. */
const allBut = (...tested: readonly Way[]): readonly Way[] => allWays.filter((way) => !tested.includes(way));

/** The network cuts the connection on which an answer comes, in the middle of it. */
function cut(name: string, how: 'reset' | 'end', ...tested: readonly Way[]): Fault {
  return {
    name,
    verdicts: overHttp(`${lost}; later: result`, `HTTP 502, ${lost}; later: result`, remote),
    alone: { hasRelay: true },
    long: allBut(...tested),
    run: async (stage) => {
      const session = await stage.session();
      stage.relay!.cutAfter(100_000, how);
      const answer = told(await call(session, 'big', { bytes: 1_000_000 }));
      return `${answer}; later: ${told(await call(session, 'echo'))}`;
    },
  };
}

const faults: readonly Fault[] = [
  cut('the connection to the server is reset in the middle of an answer', 'reset', 'stdio to http', 'ws to ws'),
  cut('the connection to the server ends in the middle of an answer', 'end', 'http to sse'),
  {
    name: 'the network to the server falls silent in the middle of a call, and comes back',
    verdicts: overHttp(
      'meanwhile: 5040 REQUEST_TIMEOUT; later: result',
      'meanwhile: HTTP 504, 5040 REQUEST_TIMEOUT; later: result',
      remote,
    ),
    alone: { hasRelay: true, hasNoBystander: true, flags: ['--request-idle-ms', String(requestIdleMs)] },
    long: allBut('http to ws', 'stdio to http'),
    run: async (stage) => {
      const session = await stage.session();
      stage.relay!.fallSilent();
      const meanwhile = told(await call(session, 'echo'));
      stage.relay!.speak();
      return `meanwhile: ${meanwhile}; later: ${told(await call(session, 'echo'))}`;
    },
  },
  {
    name: 'an answer that comes a byte at a time',
    verdicts: everywhere('result', remote),
    alone: { hasRelay: true, hasNoBystander: true },
    long: allBut('stdio to sse'),
    run: async (stage) => {
      const session = await stage.session();
      stage.relay!.trickle(1);
      return told(await call(session, 'echo'));
    },
  },
  {
    name: 'the server elsewhere answers with headers that never end',
    elsewhere: '_no answer of its own_',
    verdicts: overHttp(
      lost,
      `HTTP 502, ${lost}`,
      remote.filter((way) => upstreamOf(way) === 'http'),
    ),
    long: allBut('stdio to http'),
    run: async (stage) => told(await call(await stage.session(), 'headers')),
  },
  {
    name: 'the name of the server does not resolve',
    elsewhere: '_as http_',
    verdicts: unreachable(remote.filter((way) => upstreamOf(way) !== 'sse')),
    alone: { isUnopened: true, upstream: (way) => `${upstreamOf(way)}://no-such-host.invalid/mcp` },
    long: allBut('stdio to http', 'ws to ws'),
    run: refused,
  },
  {
    name: 'the certificate of the server has expired',
    verdicts: unreachable(remote),
    alone: {
      isUnopened: true,
      isTls: true,
      server: ['--tls', expired.cert, expired.key],
      flags: ['--ca', expired.cert],
    },
    long: allBut('http to http', 'stdio to ws'),
    run: refused,
  },
];

export const network: Theme = { name: 'network', faults };

/** What the first request of a client is told, when there is no way to the server. */
async function refused(stage: Stage): Promise<string> {
  const { answer, end } = await stage.attempt();
  return `${told(answer)}${end}`;
}
