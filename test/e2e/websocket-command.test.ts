/** `forward ws` to a client that writes its messages by hand: both eras on one address, what comes in which order, and what is left. */
import { EventEmitter, once } from 'node:events';
import { afterAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';

import { conformanceServer, listening } from './listening.ts';
import { type Message, type Program, scripted, stopAll, toolCall } from './program.ts';
import { survivors } from './survivors.ts';

afterAll(stopAll);

const timeout = 30_000;

class HandClient {
  readonly socket: WebSocket;
  readonly messages: Message[] = [];
  readonly #news = new EventEmitter();

  constructor(url: URL) {
    this.socket = new WebSocket(url, 'mcp');
    this.socket.on('message', (data) => {
      this.messages.push(JSON.parse((data as Buffer).toString()) as Message);
      this.#news.emit('news');
    });
  }

  send(message: object): void {
    this.socket.send(JSON.stringify({ jsonrpc: '2.0', ...message }));
  }

  async heard(fits: (message: Message) => boolean): Promise<Message> {
    for (;;) {
      const found = this.messages.find(fits);
      if (found !== undefined) return found;
      await once(this.#news, 'news');
    }
  }

  async ask(id: string | number, method: string, params?: object): Promise<Message> {
    this.send({ id, method, params });
    return this.heard((message) => message.id === id && message.method === undefined);
  }
}

async function connected(url: URL): Promise<HandClient> {
  const client = new HandClient(url);
  await once(client.socket, 'open');
  return client;
}

/** Closes, and sees the servers go that were started. */
async function closed(client: HandClient, program: Program): Promise<void> {
  client.socket.close();
  await once(client.socket, 'close');
  const pids = program.log().filter(({ message }) => message === 'server started');
  expect(pids).toHaveLength(1);
  for (const { pid } of pids) await expect.poll(() => survivors(pid as number), { timeout: 10_000 }).toEqual([]);
}

const meta = (capabilities: object): object => ({
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'by hand', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': capabilities,
});

describe('a client on WebSocket', () => {
  test('P18 P9 of the handshake hears progress before the answer, and is asked and asks', { timeout }, async () => {
    const { program, url } = await listening('ws', scripted());
    const client = await connected(url);
    const clientInfo = { name: 'by hand', version: '1' };
    await client.ask('hello', 'initialize', { protocolVersion: '2025-11-25', capabilities: { roots: {} }, clientInfo });
    client.send({ method: 'notifications/initialized' });
    expect(await client.ask(1, 'ping')).toEqual({ jsonrpc: '2.0', id: 1, result: {} });

    client.messages.length = 0;
    client.send(toolCall(2, 'raw', { mode: 'progress in one chunk' }, { progressToken: 'token' }));
    await client.heard(({ id }) => id === 2);
    expect(client.messages.map(({ id, params }) => id ?? params?.['progress'])).toEqual([1, 2, 3, 2]);
    expect(client.messages[0]?.params).toMatchObject({ progressToken: 'token' });

    // Both sides count alike: the same id is in use both ways.
    client.send(toolCall(3, 'ask', { method: 'ping', id: 3 }));
    expect(await client.heard(({ method }) => method === 'ping')).toEqual({ jsonrpc: '2.0', id: 3, method: 'ping' });
    client.send({ id: 3, result: {} });
    expect((await client.heard(({ id, result }) => id === 3 && result !== undefined)).result).toMatchObject({
      content: [{ text: '{}' }],
    });
    await closed(client, program);
  });

  test(
    'P18 of 2026-07-28 discovers, answers what a result asks for, and hears what it listens to',
    { timeout },
    async () => {
      const { program, url } = await listening('ws', conformanceServer('stdio.js'));
      const client = await connected(url);
      const _meta = meta({ elicitation: {} });
      const { result: discovered } = await client.ask('discover', 'server/discover', { _meta });
      expect(discovered?.['supportedVersions']).toContain('2026-07-28');

      const name = 'test_input_required_result_request_state';
      const { result: first = {} } = await client.ask(1, 'tools/call', { name, _meta });
      expect(first).toMatchObject({ resultType: 'input_required', inputRequests: { confirm: {} } });
      const inputResponses = { confirm: { action: 'accept', content: { ok: true } } };
      const { requestState } = first as { readonly requestState: string };
      const { result: second } = await client.ask(2, 'tools/call', { name, inputResponses, requestState, _meta });
      expect(second).toMatchObject({ resultType: 'complete', content: [{ text: 'state-ok' }] });

      client.send({
        id: 'listening',
        method: 'subscriptions/listen',
        params: { notifications: { toolsListChanged: true }, _meta },
      });
      const tagged = { _meta: { 'io.modelcontextprotocol/subscriptionId': 'listening' } };
      const isAgreed = ({ method }: Message): boolean => method === 'notifications/subscriptions/acknowledged';
      expect((await client.heard(isAgreed)).params).toMatchObject(tagged);
      await client.ask(3, 'tools/call', { name: 'test_trigger_tool_change', _meta });
      const isChange = ({ method }: Message): boolean => method === 'notifications/tools/list_changed';
      expect((await client.heard(isChange)).params).toMatchObject(tagged);
      await closed(client, program);
    },
  );
});
