/** Several clients at one server that is a real process: what it makes of what reaches it, and what is left of it at the end. */

import { EventEmitter, once } from 'node:events';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';

import type { RuntimeSession } from '../../src/runtime/api.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { silentLog } from '../../src/runtime/silent-log.ts';
import { systemClock } from '../../src/runtime/system-clock.ts';
import { type ChildConnector, childConnector } from '../../src/transports/child-connector.ts';
import { SharedServer } from '../../src/transports/shared-connector.ts';
import { survivors } from '../e2e/survivors.ts';
import { type Message, bytesOf, textOf } from './shared-world.ts';

const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}.mjs`, import.meta.url));
const everything = createRequire(import.meta.url).resolve('@modelcontextprotocol/server-everything/dist/index.js');
const servers = {
  'a scripted server': [fixture('scripted-server')],
  'server-everything': [everything, 'stdio'],
  'an SDK v2 server': [fixture('sdk-v2-server')],
} as const;

class Client {
  readonly heard: Message[] = [];
  readonly session: RuntimeSession;
  ended: string | undefined;
  readonly #news = new EventEmitter().setMaxListeners(0);

  constructor(house: House) {
    const opened = house.runtime.open({
      transportType: 'in-memory',
      server: house.shared.member(),
      restart: { restartsMax: 3, withinMs: 60_000, backoffMs: 1 },
      client: {
        write: (parts) => {
          const message = JSON.parse(textOf(parts)) as Message;
          this.heard.push(message);
          if (message['method'] === 'roots/list') this.says({ id: message['id'], result: { roots: [] } });
          this.#news.emit('news');
          return true;
        },
        pause: () => {},
        close: () => {},
      },
      onEnded: (reason) => {
        this.ended = reason;
        this.#news.emit('news');
      },
    });
    if ('refusal' in opened) throw new Error('no session');
    this.session = opened.session;
  }

  says(message: object): void {
    this.session.client.receive(bytesOf(message));
  }
  calls(id: number | string, name: string, args: object = {}, meta: object = {}): void {
    this.says({ id, method: 'tools/call', params: { name, arguments: args, _meta: meta } });
  }
  async until(fits: (message: Message) => boolean): Promise<Message> {
    for (;;) {
      const found = this.heard.find(fits);
      if (found !== undefined) return found;
      if (this.ended !== undefined) throw new Error(`The session ended: ${this.ended}`);
      await once(this.#news, 'news');
    }
  }
  async answer(id: number | string): Promise<Message> {
    return this.until((message) => message['id'] === id && message['method'] === undefined);
  }
  async shakes(protocolVersion = '2025-11-25'): Promise<Message> {
    const capabilities = { roots: {}, sampling: {}, elicitation: {} };
    this.says({
      id: 'hello',
      method: 'initialize',
      params: { protocolVersion, capabilities, clientInfo: { name: 'c', version: '1' } },
    });
    const answer = await this.answer('hello');
    this.says({ method: 'notifications/initialized' });
    return answer;
  }
  leaves(): void {
    this.session.client.closed(true);
  }
}

/** A runtime with one server that all its sessions share. */
class House {
  readonly pids: number[] = [];
  readonly runtime = createRuntime({ ids: { sessionId: () => `s${++this.#sessions}` }, checksInvariants: true });
  readonly shared: SharedServer;
  readonly #connector: ChildConnector;
  readonly #exits = new EventEmitter();
  #running = 0;
  #sessions = 0;

  constructor(args: readonly string[]) {
    this.#connector = childConnector({
      command: process.execPath,
      args,
      clock: systemClock(),
      lineBytesMax: 1_000_000,
      onSpawned: (pid) => {
        this.pids.push(pid);
        this.#running++;
      },
      onStderr: () => {},
      onExit: () => {
        this.#running--;
        this.#exits.emit('exit');
      },
    });
    this.shared = new SharedServer({ connector: this.#connector, clock: systemClock(), log: silentLog });
    onTestFinished(() => this.#connector.kill());
  }

  async clients(number: number): Promise<readonly Client[]> {
    const clients = Array.from({ length: number }, () => new Client(this));
    await Promise.all(clients.map(async (client) => client.shakes()));
    return clients;
  }

  /** What runs of all that was started, when its servers are gone. */
  async left(): Promise<readonly unknown[]> {
    while (this.#running > 0) await once(this.#exits, 'exit');
    await this.#connector.stop();
    return this.pids.flatMap(survivors);
  }
}

const resultText = ({ result }: Message): string =>
  (result as { readonly content: readonly { readonly text: string }[] }).content[0]!.text;

describe.each(Object.entries(servers))('P11 %s', (_name, args) => {
  test('is one process for all, takes one handshake, and is gone with the last client', async () => {
    const house = new House(args);
    const clients = await house.clients(3);
    const [first, ...others] = clients.map(({ heard }) => heard.find(({ id }) => id === 'hello')!['result']);
    expect(others).toEqual([first, first]);
    for (const client of clients) client.says({ id: 1, method: 'tools/list' });
    const lists = await Promise.all(clients.map(async (client) => client.answer(1)));
    expect(new Set(lists.map(({ result }) => JSON.stringify(result))).size).toBe(1);
    expect(house.pids).toHaveLength(1);
    for (const client of clients) client.leaves();
    expect(await house.left()).toEqual([]);
  });
});

describe('P4 P9 P10 P18 clients of a scripted server', () => {
  test('with equal ids and tokens have their own answers, progress, questions and cancellations', async () => {
    const house = new House(servers['a scripted server']);
    const [alice, bob] = (await house.clients(2)) as [Client, Client];
    for (const client of [alice, bob]) client.calls(1, 'progress', { count: 3 }, { progressToken: 1 });
    for (const client of [alice, bob]) {
      await client.answer(1);
      const progress = client.heard.filter(({ method }) => method === 'notifications/progress');
      expect(progress.map(({ params }) => params)).toEqual(
        [1, 2, 3].map((step) => ({ progressToken: 1, progress: step, total: 3 })),
      );
    }
    for (const client of [alice, bob]) client.calls(2, 'never');
    bob.says({ method: 'notifications/cancelled', params: { requestId: 2 } });
    alice.calls(3, 'seen');
    const seen = JSON.parse(resultText(await alice.answer(3))) as {
      readonly order: readonly string[];
      readonly notifications: readonly Message[];
    };
    const never = seen.order.filter((line) => line.startsWith('tools/call')).slice(2, 4);
    const cancelled = seen.notifications.at(-1)!['params'] as { readonly requestId: number };
    expect(never[1]).toBe(`tools/call ${cancelled.requestId}`);
    expect(seen.order.filter((line) => line.startsWith('initialize'))).toHaveLength(1);
    expect(seen.notifications.filter(({ method }) => method === 'notifications/initialized')).toHaveLength(1);
    alice.says({ method: 'notifications/cancelled', params: { requestId: 2 } });
    bob.calls(4, 'ask', { method: 'roots/list' });
    expect(resultText(await bob.answer(4))).toBe('{"roots":[]}');
    bob.calls(5, 'notify', { count: 2 });
    await bob.answer(5);
    const logs = (client: Client) => client.heard.filter(({ method }) => method === 'notifications/message').length;
    expect([logs(alice), logs(bob)]).toEqual([0, 2]);
    expect(alice.heard.some(({ method }) => method === 'roots/list')).toBe(false);
    for (const client of [alice, bob]) client.leaves();
    expect(await house.left()).toEqual([]);
  });

  test('P3 P5 are told of its death at once, and come back with one new one', async () => {
    const house = new House(servers['a scripted server']);
    const clients = await house.clients(5);
    for (const client of clients.slice(1)) client.calls(1, 'never');
    clients[0]!.calls(1, 'die', { code: 3 });
    for (const client of clients) {
      expect(await client.answer(1)).toMatchObject({ error: { code: 5020, data: { exitCode: 3 } } });
      client.calls(2, 'info');
    }
    const answers = await Promise.all(clients.map(async (client) => client.answer(2)));
    const pids = answers.map((answer) => (JSON.parse(resultText(answer)) as { readonly pid: number }).pid);
    expect(new Set(pids)).toEqual(new Set([house.pids[1]]));
    expect(house.pids).toHaveLength(2);
    for (const client of clients) client.leaves();
    expect(await house.left()).toEqual([]);
  });

  test('P13 come and go by the hundred', async () => {
    const house = new House(servers['a scripted server']);
    const stays = (await house.clients(1))[0]!;
    for (let round = 0; round < 2; round++) {
      const clients = await house.clients(50);
      clients.forEach((client, number) => client.calls(1, 'echo', { text: String(number) }));
      const answers = await Promise.all(clients.map(async (client) => client.answer(1)));
      expect(answers.map(resultText)).toEqual(clients.map((_client, number) => String(number)));
      for (const client of clients) client.leaves();
    }
    stays.calls('last', 'echo', { text: 'still here' });
    expect(resultText(await stays.answer('last'))).toBe('still here');
    expect(house.pids).toHaveLength(1);
    stays.leaves();
    expect(await house.left()).toEqual([]);
    expect(house.runtime.totals().pending.ordinary).toBe(0);
  });
});

test('P9 server-everything asks the client that it works for', async () => {
  const house = new House(servers['server-everything']);
  const [alice, bob] = (await house.clients(2)) as [Client, Client];
  bob.calls(1, 'trigger-sampling-request', { prompt: 'hello' });
  const question = await bob.until(({ method }) => method === 'sampling/createMessage');
  bob.says({
    id: question['id'],
    result: { role: 'assistant', model: 'm', content: { type: 'text', text: 'the answer' } },
  });
  expect(JSON.stringify(await bob.answer(1))).toContain('the answer');
  expect(alice.heard.some(({ method }) => method === 'sampling/createMessage')).toBe(false);
  for (const client of [alice, bob]) client.leaves();
  expect(await house.left()).toEqual([]);
});

test('an SDK v2 server serves clients without a handshake side by side', async () => {
  const house = new House(servers['an SDK v2 server']);
  const clients = [new Client(house), new Client(house)];
  const meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
    'io.modelcontextprotocol/clientInfo': { name: 'c', version: '1' },
  };
  clients.forEach((client, number) => client.calls(1, 'add', { a: number, b: 1 }, meta));
  const answers = await Promise.all(clients.map(async (client) => client.answer(1)));
  expect(answers.map(resultText)).toEqual(['1', '2']);
  clients.forEach((client) =>
    client.says({
      id: 'l',
      method: 'subscriptions/listen',
      params: { notifications: { toolsListChanged: true }, _meta: meta },
    }),
  );
  await Promise.all(
    clients.map(async (client) => client.until(({ method }) => method === 'notifications/subscriptions/acknowledged')),
  );
  clients[0]!.calls(2, 'change', {}, meta);
  const key = 'io.modelcontextprotocol/subscriptionId';
  for (const client of clients) {
    const { params } = await client.until(({ method }) => method === 'notifications/tools/list_changed');
    expect((params as { readonly _meta: Message })._meta[key]).toBe('l');
  }
  for (const client of clients) client.leaves();
  expect(await house.left()).toEqual([]);
});
