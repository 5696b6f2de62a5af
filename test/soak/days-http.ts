/**
 * Days of sessions over HTTP on the virtual clock: a stream that says nothing but that it lives, a client that comes back for an
 * answer in time or too late, a session that nobody uses. Every day ends with no session, no request under way and no timer.
 */

import { setImmediate as turn } from 'node:timers/promises';

import type { Runtime } from '../../src/runtime/api.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { CollectingLog } from '../../src/testing/collecting-log.ts';
import { initialize, notification, request, result } from '../../src/testing/messages.ts';
import { Script } from '../../src/testing/script.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { doorPolicy } from '../../src/transports/door.ts';
import { nobody } from '../../src/transports/http-entrance.ts';
import { FetchFront } from '../../src/transports/http-fetch-front.ts';
import { defaultHttpTimes } from '../../src/transports/http-front-options.ts';
import { RuntimeSessions } from '../../src/transports/http-runtime-sessions.ts';
import { TestServer, usual } from '../transports/http-stage.ts';
import { Chance } from './random.ts';
import { usualTimes } from './days.ts';

const dayMs = 86_400_000;
const { heartbeatMs, resumableMs } = defaultHttpTimes;
/** A client reads what comes in the meantime. */
const stepMs = 10_000;

export interface ToldOverHttp {
  readonly heartbeats: number;
  /** Answers for which a client came back in time, and those for which it came too late. */
  readonly resumed: number;
  readonly tooOld: number;
}

export async function liveOverHttp(days: number, seed: number): Promise<ToldOverHttp> {
  const front = new HttpDays(seed);
  for (let day = 0; day < days; day += 1) await front.day(day);
  return front.told;
}

class HttpDays {
  readonly told = { heartbeats: 0, resumed: 0, tooOld: 0 };
  readonly #clock = new VirtualClock();
  readonly #chance: Chance;
  readonly #server = new TestServer((message, server) => {
    if (message.method !== 'late') usual(message, server);
  });
  readonly #runtime: Runtime;
  readonly #front: FetchFront;

  constructor(seed: number) {
    this.#chance = new Chance(seed, 'days over HTTP');
    const log = new CollectingLog(new Script(), false);
    this.#runtime = createRuntime({ clock: this.#clock, log, times: usualTimes });
    this.#front = new FetchFront({
      door: doorPolicy({ listenHost: '127.0.0.1' }),
      sessions: new RuntimeSessions({ runtime: this.#runtime, log, server: () => ({ connector: this.#server }) }),
      clock: this.#clock,
      log,
    });
  }

  async day(day: number): Promise<void> {
    const answer = await this.#ask('POST', {}, initialize(0));
    const session = { 'Mcp-Session-Id': answer.headers.get('mcp-session-id') ?? '' };
    await this.#ask('POST', session, notification('notifications/initialized'));
    await this.#listens(day, session);
    await this.#comesBack(day, session, day % 2 === 0);
    await this.#pass(usualTimes.sessionIdleMs + 1001);
    const gone = await this.#ask('POST', session, request(9, 'ping'));
    expectThat(gone.status === 404, day, `a session that nobody used answers with ${gone.status}`);
    await this.#pass((day + 1) * dayMs - this.#clock.now());
    const left = { sessions: [...this.#runtime.sessions()].length, timers: this.#clock.pending };
    expectThat(left.sessions + left.timers === 0, day, `it ends with ${JSON.stringify(left)}`);
  }

  /** On a stream on which nothing happens it is said that it lives: as often as it has to be, and at most twice as often. */
  async #listens(day: number, session: Record<string, string>): Promise<void> {
    const stream = new Reading(await this.#ask('GET', session));
    const silentMs = this.#chance.between(5, 25) * 60_000;
    await this.#pass(silentMs);
    const count = stream.text.split(': keepalive\n').length - 1;
    const least = Math.floor(silentMs / heartbeatMs);
    expectThat(count >= least && count <= 2 * least, day, `${count} heartbeats in ${silentMs} ms`);
    this.told.heartbeats += count;
    await stream.leaves();
  }

  /** The answer is kept for a client that lost its stream, for as long as was said and no longer. */
  async #comesBack(day: number, session: Record<string, string>, inTime: boolean): Promise<void> {
    const asked = this.#ask('POST', session, request(1, 'late', { _meta: { progressToken: 'p' } }));
    const late = await this.#server.hears('late');
    const { _meta } = late.params as { readonly _meta: { readonly progressToken: unknown } };
    this.#server.says(notification('notifications/progress', { progressToken: _meta.progressToken, progress: 1 }));
    const stream = new Reading(await asked);
    await turn();
    const id = /^id: ?(.+)$/m.exec(stream.text)?.[1] ?? '';
    await stream.leaves();
    this.#server.says(result(late.id));
    await this.#pass(
      inTime ? this.#chance.between(0, resumableMs - 1001) : resumableMs + this.#chance.between(1001, resumableMs),
    );
    const again = await this.#ask('GET', { ...session, 'Last-Event-ID': id });
    if (inTime) {
      const rest = new Reading(again);
      await turn();
      expectThat(rest.text.includes('"result"'), day, `a client in time is told ${again.status} ${rest.text}`);
      await rest.leaves();
      this.told.resumed += 1;
    } else {
      expectThat(again.status === 204, day, `a client that comes too late is told ${again.status}`);
      this.told.tooOld += 1;
    }
  }

  async #pass(ms: number): Promise<void> {
    const until = this.#clock.now() + ms;
    while (this.#clock.now() < until) {
      this.#clock.advance(Math.min(stepMs, until - this.#clock.now()));
      await turn();
    }
  }

  async #ask(method: 'GET' | 'POST', headers: Record<string, string>, body?: object): Promise<Response> {
    const accept = method === 'GET' ? 'text/event-stream' : 'application/json, text/event-stream';
    const asked = new Request('http://localhost/mcp', {
      method,
      headers: { Accept: accept, 'Content-Type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return this.#front.fetch(asked, nobody);
  }
}

/** What a client has read of a response, which it goes on reading. */
class Reading {
  text = '';
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;

  constructor({ body }: Response) {
    this.#reader = body!.getReader();
    void this.#read();
  }

  async leaves(): Promise<void> {
    await this.#reader.cancel();
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    for (;;) {
      const { value, done } = await this.#reader.read();
      if (done) return;
      this.text += decoder.decode(value, { stream: true });
    }
  }
}

function expectThat(holds: boolean, day: number, otherwise: string): void {
  if (!holds) throw new Error(`day ${day} over HTTP: ${otherwise}`);
}
