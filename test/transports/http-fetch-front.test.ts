/**
 * What is promised of the front of Node is promised of the front of the Fetch standard: the same tests, against the other one,
 * and what only this one has.
 */

import { describe, expect, test } from 'vitest';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { CollectingLog } from '../../src/testing/collecting-log.ts';
import { initialize, request } from '../../src/testing/messages.ts';
import { Script } from '../../src/testing/script.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { doorPolicy } from '../../src/transports/door.ts';
import { nobody } from '../../src/transports/http-entrance.ts';
import { FetchFront, defaultRequestsMax } from '../../src/transports/http-fetch-front.ts';
import { RuntimeSessions } from '../../src/transports/http-runtime-sessions.ts';
import { openFetchFront } from './fetch-stage.ts';
import { TestServer, both, openFrontsWith, usual } from './http-stage.ts';

openFrontsWith(openFetchFront);
await import('./http-entrance.test.ts');
await import('./http-endpoint.test.ts');
await import('./http-inbound.test.ts');
await import('./http-exchange.test.ts');
await import('./http-session.test.ts');
await import('./http-session-streams.test.ts');
await import('./http-cors.test.ts');

class Stage {
  readonly clock = new VirtualClock();
  readonly server = new TestServer(usual);
  readonly front: FetchFront;

  constructor(requestsMax?: number) {
    const log = new CollectingLog(new Script(), false);
    const runtime = createRuntime({ clock: this.clock, log });
    this.front = new FetchFront({
      door: doorPolicy({ listenHost: '127.0.0.1' }),
      sessions: new RuntimeSessions({ runtime, log, server: () => ({ connector: this.server }) }),
      clock: this.clock,
      log,
      ...(requestsMax === undefined ? {} : { requestsMax }),
    });
  }

  async asks(
    body: object | string | ReadableStream,
    { headers = {}, signal }: { readonly headers?: Record<string, string>; readonly signal?: AbortSignal } = {},
  ): Promise<Response> {
    return this.front.fetch(
      new Request('http://localhost/mcp', {
        method: 'POST',
        body: typeof body === 'string' || body instanceof ReadableStream ? body : JSON.stringify(body),
        duplex: 'half',
        headers: { Accept: both, 'Content-Type': 'application/json', ...headers },
        ...(signal === undefined ? {} : { signal }),
      }),
      nobody,
    );
  }

  /** The id of a session that has begun. */
  async opens(): Promise<string> {
    const answer = await this.asks(initialize(0));
    return answer.headers.get('mcp-session-id') ?? '';
  }
}

const neverEnds = (): ReadableStream => new ReadableStream({});

test('S7 requests under way are bounded: one more is told when to come again', async () => {
  expect(defaultRequestsMax).toBe(10_000);
  const stage = new Stage(2);
  const leaves = new AbortController();
  const first = stage.asks(neverEnds(), { signal: leaves.signal });
  const session = await stage.opens();
  const refused = [stage.asks(neverEnds()), stage.asks(request(1, 'ping'))];
  const answer = await refused[1]!;
  expect([session === '', answer.status, answer.headers.get('retry-after'), await answer.json()]).toMatchObject([
    false,
    429,
    '1',
    { error: { data: { scope: 'front', limit: 2 } } },
  ]);
  leaves.abort();
  expect((await first).status).toBe(499);
  expect((await stage.asks(request(1, 'ping'), { headers: { 'Mcp-Session-Id': session } })).status).toBe(200);
});

describe('a client of the Fetch standard that is gone', () => {
  test('before it was served is not served', async () => {
    const stage = new Stage();
    expect((await stage.asks(initialize(0), { signal: AbortSignal.abort() })).status).toBe(499);
    expect(stage.server.heard).toEqual([]);
  });

  test('in the middle of a call leaves nobody waiting', async () => {
    const stage = new Stage();
    const session = await stage.opens();
    const leaves = new AbortController();
    const call = stage.asks(request(1, 'never'), {
      headers: { 'Mcp-Session-Id': session },
      signal: leaves.signal,
    });
    await stage.server.hears('never');
    leaves.abort();
    expect((await call).status).toBe(499);
  });
});

test('a body that somebody has read already is misuse, and said to be', async () => {
  const stage = new Stage();
  const [used, locked] = [1, 2].map(() => new Request('http://localhost/mcp', { method: 'POST', body: '{}' }));
  await used!.text();
  locked!.body?.getReader();
  for (const given of [used!, locked!]) {
    await expect(stage.front.fetch(given, nobody)).rejects.toMatchObject({ name: 'LocalError', code: 'BODY_TAKEN' });
  }
});

test('a body that takes too long to come is answered with 408', async () => {
  const stage = new Stage();
  const posted = stage.asks(neverEnds());
  stage.clock.advance(120_000);
  expect((await posted).status).toBe(408);
});

describe('closing', () => {
  test('ends what is being answered, and waits until that is taken', async () => {
    const stage = new Stage();
    const session = await stage.opens();
    const call = stage.asks(request(1, 'never'), { headers: { 'Mcp-Session-Id': session } });
    await stage.server.hears('never');
    await stage.front.close();
    expect((await call).status).toBe(404);
  });

  test('cuts off who takes nothing, after a second', async () => {
    const stage = new Stage();
    const posted = stage.asks(neverEnds());
    const closed = stage.front.close();
    stage.clock.advance(1000);
    await closed;
    expect((await posted).status).toBe(499);
  });
});
