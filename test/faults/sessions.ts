/** Requests that name no session, or the wrong one, or come in a way that HTTP and MCP forbid; and streams that are dropped. */

import { ask, call, callOf, newId, report, text, textIn, told } from './client.ts';
import { type Fault, type Theme, everywhere } from './fault.ts';
import { type Headers, type HttpClient, toldOf } from './http-client.ts';
import type { Stage } from './stage.ts';
import { children, httpFronts } from './ways.ts';

const unknown = 'HTTP 404, 4040 SESSION_NOT_FOUND';
const invalid = (status: number): Fault['verdicts'] => everywhere(`HTTP ${status}, -32600 INVALID_REQUEST`, httpFronts);

/** What a request is told that differs from a good one in its headers. */
function withHeaders(name: string, headers: Headers, verdicts: Fault['verdicts']): Fault {
  return {
    name,
    verdicts,
    run: async (stage) => toldOf((await stage.http()).post(text(callOf(newId(), 'echo')), headers)),
  };
}

/** What POST, GET and DELETE are told in the name of these sessions. */
function strangers(name: string, sessionIds: readonly string[]): Fault {
  return {
    name,
    verdicts: everywhere(`POST, GET, DELETE: ${unknown}`, httpFronts),
    run: async (stage) => {
      const client = stage.stranger();
      const said = new Set<string>();
      for (const id of sessionIds) {
        const headers = { 'Mcp-Session-Id': id, 'MCP-Protocol-Version': '2025-11-25' };
        said.add(await toldOf(client.post(text({ id: newId(), method: 'ping' }), headers)));
        said.add(await toldOf(client.listen(headers)));
        said.add(
          await toldOf(client.exchange({ method: 'DELETE', headers: { ...headers, 'Content-Type': undefined } })),
        );
      }
      return `POST, GET, DELETE: ${[...said].join('; ')}`;
    },
  };
}

const faults: readonly Fault[] = [
  strangers('an unknown session', ['00000000-0000-4000-8000-000000000000', '', 'x'.repeat(4000)]),
  strangers('the session __proto__, constructor, toString', ['__proto__', 'constructor', 'toString']),
  {
    name: 'no session, and no handshake either',
    // A server over HTTP may do without sessions: it answers itself.
    verdicts: { ...invalid(400), 'http to http': 'HTTP 400, -32000' },
    run: async (stage) => toldOf(stage.stranger().post(text({ id: newId(), method: 'tools/list' }))),
  },
  {
    name: 'a second handshake in a session',
    verdicts: invalid(400),
    run: async (stage) => toldOf((await stage.http()).post(text({ id: newId(), method: 'initialize', params: {} }))),
  },
  withHeaders('MCP-Protocol-Version: 1999-01-01', { 'MCP-Protocol-Version': '1999-01-01' }, invalid(400)),
  withHeaders('a POST that takes no events', { Accept: 'application/json' }, invalid(406)),
  withHeaders('a POST of text/plain', { 'Content-Type': 'text/plain' }, invalid(415)),
  withHeaders('a compressed POST', { 'Content-Encoding': 'gzip' }, invalid(415)),
  withHeaders('Origin: http://evil.example', { Origin: 'http://evil.example' }, invalid(403)),
  withHeaders('Host: evil.example', { Host: 'evil.example' }, invalid(403)),
  {
    name: 'a WebSocket from Origin or Host evil.example',
    verdicts: { 'ws to stdio': 'HTTP 403, HTTP 403' },
    run: async (stage) => {
      const opening = { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13' };
      const key = { 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Protocol': 'mcp' };
      const said = [{ Origin: 'http://evil.example' }, { Host: 'evil.example' }].map(async (evil) => {
        const exchange = stage.stranger().exchange({ method: 'GET', headers: { ...opening, ...key, ...evil } });
        return `HTTP ${await exchange.head()}`;
      });
      return (await Promise.all(said)).join(', ');
    },
  },
  {
    name: 'a second stream of a session',
    verdicts: invalid(409),
    run: async (stage) => {
      const client = await stage.anotherHttp();
      await client.listen().head();
      return toldOf(client.listen());
    },
  },
  {
    name: 'DELETE with two requests under way',
    verdicts: everywhere(`both: ${unknown}; DELETE: HTTP 200; later: ${unknown}`, httpFronts),
    run: async (stage) => {
      const client = await stage.anotherHttp();
      const pending = ['first', 'second'].map(async (name) => call(client, 'never', { text: name }));
      await seenUnanswered(client, 2);
      const { status } = await client.delete();
      const [first, second] = (await Promise.all(pending)).map((answer) => told(answer));
      const later = told(await ask(client, 'ping'));
      return `both: ${first === second ? first : `${first} and ${second}`}; DELETE: HTTP ${status}; later: ${later}`;
    },
  },
  {
    name: 'the client drops a request under way',
    verdicts: everywhere('the server is not told, the session goes on', httpFronts),
    run: async (stage) => {
      const client = await stage.anotherHttp();
      const exchange = client.post(text(callOf(newId(), 'progress', { count: 1000, gapMs: 50 }, { progressToken: 1 })));
      await client.until(() => (exchange.heard.length > 0 ? true : undefined));
      exchange.drop();
      const { notifications } = await report<{ readonly notifications: readonly { readonly method: string }[] }>(
        client,
        'seen',
      );
      const isTold = notifications.some(({ method }) => method === 'notifications/cancelled');
      const after = textIn(await call(client, 'echo', { text: 'the session goes on' }));
      return `the server is ${isTold ? '' : 'not '}told, ${after}`;
    },
  },
  {
    name: 'the client drops a request under way, and comes back for it',
    verdicts: everywhere('all of the progress, each once, then the result', httpFronts),
    run: async (stage) => {
      const client = await stage.anotherHttp();
      const id = newId();
      const exchange = client.post(text(callOf(id, 'progress', { count: 8, gapMs: 40 }, { progressToken: 1 })));
      await client.until(() => (exchange.heard.length >= 2 ? true : undefined));
      exchange.drop();
      const rest = client.listen({ 'Last-Event-ID': exchange.lastEventId });
      const answer = await rest.answer(id);
      const numbers = [...exchange.heard, ...rest.heard]
        .map(({ params }) => Number(params?.['progress']))
        .filter((number) => !Number.isNaN(number));
      const isWhole = numbers.join(' ') === '1 2 3 4 5 6 7 8';
      return `${isWhole ? 'all of the progress, each once' : `progress ${numbers.join(' ')}`}, then the ${told(answer)}`;
    },
  },
  {
    name: 'the server knows the session no more',
    verdicts: everywhere('result', ['http to http', 'stdio to http']),
    run: async (stage) => {
      const session = await stage.session();
      await call(session, 'forget');
      return told(await call(session, 'echo'));
    },
  },
  {
    name: 'the session ends while its server writes',
    verdicts: everywhere(
      'the server is gone',
      children.filter((way) => httpFronts.includes(way)),
    ),
    run: serverGone,
  },
];

export const sessions: Theme = { name: 'sessions', faults };

async function seenUnanswered(client: HttpClient, count: number): Promise<void> {
  for (;;) {
    const { unanswered } = await report<{ readonly unanswered: Readonly<Record<string, unknown>> }>(client, 'seen');
    if (Object.keys(unanswered).length === count) return;
  }
}

async function serverGone(stage: Stage): Promise<string> {
  const client = await stage.anotherHttp();
  const before = stage.vitals().children;
  const exchange = client.post(text(callOf(newId(), 'notify', { count: 1000, bytes: 10_000 })));
  await exchange.head();
  await client.delete();
  return (await stage.untilChildren(before - 1)) ? 'the server is gone' : 'the server is left';
}
