/** Servers that go away in the middle of requests: whoever waits is told at once, and the session goes on where that can be. */

import { type Client, call, report, textIn, told } from './client.ts';
import { type Fault, type Theme, everywhere } from './fault.ts';
import { HttpClient } from './http-client.ts';
import type { Stage } from './stage.ts';
import { WebSocketClient } from './websocket-client.ts';
import { children, httpFronts, isStdioFront, stdioFronts } from './ways.ts';

const lost = '5020 UPSTREAM_LOST';
const lostOverHttp = `HTTP 502, ${lost}`;

/** Both requests under way are told that the server is lost; a later one is answered by the next server. */
const both = {
  ...everywhere(`both: ${lost}; later: result`),
  ...everywhere(`both: ${lostOverHttp}; later: result`, httpFronts),
};

/** A server on its pipes ends in this way, while another request waits as well. */
function death(name: string, tool: string, args: object = {}): Fault {
  return {
    name,
    verdicts: Object.fromEntries(children.map((way) => [way, both[way]])),
    run: async (stage) => {
      // A session of its own, since a server may go away so often and no more. A client on standard streams has but one.
      const session = isStdioFront(stage.way) ? await stage.session() : await stage.another();
      const waiting = call(session, 'never');
      await unanswered(session, 1);
      const [first, second] = (await Promise.all([call(session, tool, args), waiting])).map((answer) => told(answer));
      const later = await call(session, 'echo', { text: 'later' });
      const next = textIn(later) === 'later' ? 'result' : told(later);
      return `both: ${first === second ? first : `${first} and ${second}`}; later: ${next}`;
    },
    alone: { on: stdioFronts },
  };
}

const faults: readonly Fault[] = [
  death('the server exits in the middle of requests', 'die', { code: 3 }),
  death('the server is killed in the middle of requests', 'die', { signal: 'SIGKILL' }),
  death('the server exits in the middle of its answer', 'raw', { mode: 'exit in the middle' }),
  death('the server closes its output and lives on', 'mute'),
  {
    name: 'the server over HTTP is killed in the middle of requests, and started again',
    verdicts: {
      'http to http': `both: ${lostOverHttp}; meanwhile: result`,
      'stdio to http': `both: ${lost}; meanwhile: result`,
    },
    alone: {},
    long: ['stdio to http'],
    run: async (stage) => {
      const session = await stage.session();
      const waiting = ['first', 'second'].map(async (text) => call(session, 'never', { text }));
      await unanswered(session, 2);
      const port = await stage.stopServer();
      const [first, second] = (await Promise.all(waiting)).map((answer) => told(answer));
      const meanwhile = call(session, 'echo');
      await stage.startServer(port);
      return `both: ${first === second ? first : `${first} and ${second}`}; meanwhile: ${told(await meanwhile)}`;
    },
  },
  {
    name: 'the server over HTTP ends a response in the middle of the answer',
    verdicts: { 'http to http': lostOverHttp, 'stdio to http': lost },
    run: async (stage) => told(await call(await stage.session(), 'cut')),
  },
  {
    name: 'the server over HTTP answers a request with an empty 202, or a page',
    verdicts: { 'http to http': lostOverHttp, 'stdio to http': lost },
    run: async (stage) => {
      const session = await stage.session();
      const empty = told(await call(session, 'respond', { status: 202 }));
      const page = told(await call(session, 'respond', { status: 200, type: 'text/html', body: '<h1>Hello</h1>' }));
      const broken = told(await call(session, 'respond', { status: 500, type: 'text/html', body: '<h1>Sorry</h1>' }));
      return [...new Set([empty, page, broken])].join('; ');
    },
  },
  {
    name: 'the server exits four times in a minute',
    verdicts: {
      'stdio to stdio': `each: ${lost}; then: the proxy ends with 3`,
      'http to stdio': `each: ${lostOverHttp}; then: HTTP 404, 4040 SESSION_NOT_FOUND`,
      'ws to stdio': `each: ${lost}; then: the connection ends (1011 upstream-exhausted)`,
    },
    alone: { on: stdioFronts },
    run: async (stage) => {
      const session = isStdioFront(stage.way) ? await stage.session() : await stage.another();
      const said = new Set<string>();
      for (let time = 1; time <= 4; time += 1) said.add(told(await call(session, 'die', { code: 3 })));
      return `each: ${[...said].join('; ')}; then: ${await afterwards(stage, session)}`;
    },
  },
];

export const deaths: Theme = { name: 'deaths', faults };

/** How the session ended, as its client sees it. */
async function afterwards(stage: Stage, session: Client): Promise<string> {
  if (session instanceof HttpClient) return told(await call(session, 'echo'));
  if (session instanceof WebSocketClient) return `the connection ends (${await session.ended()})`;
  const { code } = await stage.proxy.exit;
  stage.hasEnded();
  return `the proxy ends with ${code}`;
}

async function unanswered(session: Client, count: number): Promise<void> {
  for (;;) {
    const seen = await report<{ readonly unanswered: Readonly<Record<string, unknown>> }>(session, 'seen');
    if (Object.keys(seen.unanswered).length === count) return;
  }
}
