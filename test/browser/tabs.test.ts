/**
 * The guide for browsers, run: tabs of one page that each have a session of their own in a shared worker, in front of a server on
 * WebSocket. What the guide promises of limits and outcomes is what a tab is told.
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Opened, hasNoBrowser, openBrowser } from './chromium.ts';

const timeout = 60_000;

interface Message {
  readonly id?: number;
  readonly method: string;
  readonly params?: { readonly name?: string; readonly requestId?: number };
}

/** A server that says which connection it answers on, and that leaves every other call than `echo` lying. */
class Scripted {
  readonly #server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => 'mcp' });
  readonly open: WebSocket[] = [];
  readonly heard: string[] = [];
  #connections = 0;
  #onHeard: () => void = () => {};

  constructor() {
    this.#server.on('connection', (socket) => this.#serve(socket, ++this.#connections));
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  async hears(what: string): Promise<void> {
    while (!this.heard.includes(what)) {
      await new Promise<void>((resolve) => {
        this.#onHeard = resolve;
      });
    }
  }

  async stop(): Promise<void> {
    for (const socket of this.open) socket.terminate();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #serve(socket: WebSocket, connection: number): void {
    this.open.push(socket);
    socket.on('message', (data) => {
      const { id, method, params = {} } = JSON.parse((data as Buffer).toString()) as Message;
      const answer = (result: object): void => socket.send(JSON.stringify({ jsonrpc: '2.0', id, result }));
      if (method === 'initialize') {
        answer({ protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo: { name: 's', version: '1' } });
      } else if (params.name === 'echo') answer({ connection, id });
      this.#hear(`${connection}: ${method} ${params.name ?? params.requestId ?? ''}`.trim());
    });
    socket.on('close', () => {
      this.open.splice(this.open.indexOf(socket), 1);
      this.#hear(`${connection}: gone`);
    });
  }

  #hear(what: string): void {
    this.heard.push(what);
    this.#onHeard();
  }
}

describe.skipIf(hasNoBrowser)('a session for each tab', () => {
  const server = new Scripted();
  let browser: Opened;
  let first: Page;
  let second: Page;

  const tab = async (): Promise<Page> => {
    const page = await browser.open();
    const url = JSON.stringify(server.url);
    await page.evaluate(
      `import('/tab.js').then(async ({ connect }) => { globalThis.client = await connect(${url}); })`,
    );
    return page;
  };
  /** What a call comes to: its result, or the code of its error. */
  const call = async (page: Page, name: string, calls = 1): Promise<unknown> =>
    page.evaluate(
      `Promise.all(Array.from({ length: ${calls} }, () =>
        client.ask('tools/call', { name: '${name}' }).catch(({ code }) => code)))`,
    );
  const totals = async (page: Page): Promise<unknown> =>
    page.evaluate(`new Promise((resolve) => {
      const channel = new BroadcastChannel('mcp-totals');
      channel.onmessage = ({ data }) => { channel.close(); resolve(data); };
      channel.postMessage('asked');
    })`);

  beforeAll(async () => {
    browser = await openBrowser({
      '/tab.js': 'dist/test/docs/browser/tab.example.js',
      '/session-worker.js': 'dist/test/docs/browser/session-worker.example.js',
    });
    first = await tab();
    second = await tab();
  }, timeout);
  afterAll(async () => {
    await browser.close();
    await server.stop();
  });

  test('is its own, with the same ids in each', async () => {
    expect(await Promise.all([call(first, 'echo'), call(second, 'echo')])).toEqual([
      [{ connection: 1, id: 2 }],
      [{ connection: 2, id: 2 }],
    ]);
  });

  test('refuses one call too many, and tells the tab and the server of a deadline', async () => {
    const codes = (await call(first, 'sleep', 11)) as string[];
    expect(codes.toSorted()).toEqual([...Array<string>(10).fill('REQUEST_TIMEOUT'), 'TOO_MANY_REQUESTS']);
    await server.hears('1: notifications/cancelled 3');
    expect(await call(second, 'echo')).toEqual([{ connection: 2, id: 3 }]);
  });

  test('passes on that the tab gives a call up', async () => {
    const code = await second.evaluate(`(async () => {
      const abort = new AbortController();
      const given = client.ask('tools/call', { name: 'sleep' }, abort.signal).catch(({ code }) => code);
      abort.abort();
      return given;
    })()`);
    expect(code).toBe('CANCELLED');
    await server.hears('2: notifications/cancelled 4');
  });

  test('outlives its connection: what was under way is told, and the next call reaches the server again', async () => {
    const lost = call(second, 'left behind');
    await server.hears('2: tools/call left behind');
    const [, socket] = server.open;
    socket?.terminate();
    expect(await lost).toEqual(['UPSTREAM_LOST']);
    expect(await call(second, 'echo')).toEqual([{ connection: 3, id: 6 }]);
    expect(server.heard).toContain('3: initialize');
  });

  test('ends with its tab, and with it the connection to the server', async () => {
    await first.close();
    await server.hears('1: gone');
    expect(await totals(second)).toMatchObject({
      sessionsByState: { 'active.serving': 1 },
      pending: { ordinary: 0 },
      ended: { result: 6, refused: 1, timeout: 10, cancelled: 1, 'upstream-lost': 1 },
    });
  });

  test('makes room, when there are too many, by ending the one that has been quiet longest', async () => {
    const page = await browser.open();
    const opened = await page.evaluate(`import('/tab.js').then(async ({ connect }) => {
      const clients = [];
      while (clients.length < 20) clients.push(await connect(${JSON.stringify(server.url)}));
      return clients.length;
    })`);
    expect(opened).toBe(20);
    expect(await call(second, 'echo')).toEqual(['CLOSED']);
  });

  test('and nothing was written on the console', () => {
    expect(browser.complaints).toEqual([]);
  });
});
