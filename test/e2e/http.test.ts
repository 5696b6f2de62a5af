/**
 * Clients over streamable HTTP in front of servers on standard streams: the built command, the clients of both SDK versions,
 * and clients that write their requests by hand.
 */
import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { afterAll, expect, test } from 'vitest';

import { dualEra } from './conversations.ts';
import { type Program, fixture, ninelives, scripted, start, stopAll, toolCall } from './program.ts';
import { heldBytes } from './held-bytes.ts';
import { type SdkClient, clientKinds, connect } from './sdk-client.ts';

afterAll(stopAll);

const timeout = 60_000;
const mebibyte = 1024 * 1024;

/** `ninelives forward http` on a free port, before a server. */
async function front(
  server: readonly string[],
  flags: readonly string[] = [],
): Promise<{ readonly program: Program; readonly url: URL }> {
  const [node = '', ...args] = ninelives('forward', 'http', '--listen', '127.0.0.1:0', ...flags, '--', ...server);
  const program = start([node, '--expose-gc', '--import', fixture('tells-held-bytes.mjs'), ...args]);
  const saysWhere = (): string | undefined =>
    program.err.map((line) => / listening on (\S+),/.exec(line)?.[1]).find((found) => found !== undefined);
  return { program, url: new URL(await program.until(saysWhere, 'where it listens')) };
}

const dualEraServer = [process.execPath, fixture('sdk-v2-server.mjs')];

/** What the two say to each other, from the era on. */
async function converse(client: SdkClient): Promise<readonly unknown[]> {
  return [client.era, client.serverInfo(), ...(await dualEra(client, { files: '', progress: [] }))];
}

test.each(clientKinds)('a client %s hears over HTTP what it hears over a pipe', { timeout }, async (kind) => {
  const direct = await connect(kind, dualEraServer, true);
  const expected = await converse(direct);
  await direct.close();
  const { program, url } = await front(dualEraServer);
  const client = await connect(kind, url, true);
  expect(await converse(client)).toEqual(expected);
  await client.close();
  program.signal('SIGTERM');
  expect(await program.exit).toEqual({ code: 0, signal: null });
});

/** A client that writes its requests by hand, over one connection for each. */
class HandClient {
  readonly #url: URL;
  readonly #headers: Record<string, string> = {
    Accept: 'application/json, text/event-stream',
    'Content-Type': 'application/json',
  };

  constructor(url: URL) {
    this.#url = url;
  }

  async posts(message: object): Promise<IncomingMessage> {
    const request = httpRequest(this.#url, { method: 'POST', headers: this.#headers, agent: false });
    request.end(JSON.stringify({ jsonrpc: '2.0', ...message }));
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return response;
  }

  async shakesHands(): Promise<void> {
    const clientInfo = { name: 'hand', version: '1.0.0' };
    const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
    const response = await this.posts({ id: 0, method: 'initialize', params });
    this.#headers['Mcp-Session-Id'] = String(response.headers['mcp-session-id']);
    await read(response);
    await read(await this.posts({ method: 'notifications/initialized' }));
  }
}

async function read(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

test('P16 a client that does not read its answer holds up its own server, and costs little', { timeout }, async () => {
  const { program, url } = await front(scripted());
  const [client, other] = [new HandClient(url), new HandClient(url)];
  await client.shakesHands();
  await other.shakesHands();
  for (let round = 0; round < 20; round += 1) {
    await read(await client.posts(toolCall(round, 'echo', { text: 'x'.repeat(mebibyte) })));
  }
  const before = await heldBytes(program);
  const response = await client.posts(toolCall('much', 'notify', { count: 640, bytes: 100_000 }));
  response.pause();
  // The other is served as if nothing were; by then what was to flow has flowed.
  for (let round = 0; round < 50; round += 1) {
    expect(await read(await other.posts(toolCall(round, 'echo', { text: 'x'.repeat(1000) })))).toContain('xxx');
  }
  expect((await heldBytes(program)) - before).toBeLessThan(10 * mebibyte);
  const said = await read(response);
  expect([said.split('\ndata: ').length - 1, said.includes('"id":"much"')]).toEqual([641, true]);
  program.signal('SIGTERM');
  expect(await program.exit).toEqual({ code: 0, signal: null });
});

test('P5 calls of a server that dies are answered at once, with what became of it', { timeout }, async () => {
  const { program, url } = await front(scripted());
  const client = new HandClient(url);
  await client.shakesHands();
  const waiting = client.posts(toolCall(1, 'never'));
  const dying = await client.posts(toolCall(2, 'die', { code: 7 }));
  for (const response of [dying, await waiting]) {
    expect(response.statusCode).toBe(502);
    expect(JSON.parse(await read(response))).toMatchObject({ error: { code: 5020, data: { exitCode: 7 } } });
  }
  expect(await read(await client.posts(toolCall(3, 'echo', { text: 'again' })))).toContain('again');
  program.signal('SIGTERM');
  expect(await program.exit).toEqual({ code: 0, signal: null });
});

test('P17 a stop lets what is under way end, and leaves no server behind', { timeout }, async () => {
  const { program, url } = await front(scripted());
  const client = new HandClient(url);
  await client.shakesHands();
  const pid = await program.server();
  const posted = client.posts(toolCall(1, 'delay', { ms: 400, text: 'done' }));
  await read(await client.posts(toolCall(2, 'seen')));
  program.signal('SIGTERM');
  const response = await posted;
  expect([response.statusCode, await read(response)]).toEqual([200, expect.stringContaining('done') as string]);
  expect(await program.exit).toEqual({ code: 0, signal: null });
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});
