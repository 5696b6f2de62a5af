import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { type IncomingMessage, createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { ReloadRefused, openGateway } from '../../src/proxy/gateway.ts';
import { ListenError } from '../../src/proxy/listening.ts';
import { silentLog } from '../../src/runtime/silent-log.ts';
import { systemClock } from '../../src/runtime/system-clock.ts';
import { initialize } from '../../src/testing/messages.ts';
import { toolCall } from '../e2e/program.ts';
import { configOf, gatewayOf, open, post, server } from './gateway-setting.ts';

const folder = mkdtempSync(join(tmpdir(), 'gateway-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const tokens = { alice: 'alices-token-of-this-test', bob: 'bobs-token-of-this-test' };
writeFileSync(
  join(folder, 'tokens'),
  Object.entries(tokens)
    .map(([name, token]) => `${name} sha256:${createHash('sha256').update(token).digest('hex')}\n`)
    .join(''),
);
const as = (name: keyof typeof tokens): Record<string, string> => ({ Authorization: `Bearer ${tokens[name]}` });

const two = `upstreams:
  one: ${server()}
  two: ${server()}
routes:
  - { path: /one, upstream: one }
  - { path: /two, upstream: two, limits: { pendingPerSession: 1 } }
`;

const echo = async (url: string, session: Record<string, string>, text: string) =>
  post(url, toolCall(1, 'echo', { text }), session);

describe('routes', () => {
  test('lead to their servers, and nowhere else', async () => {
    const { url } = await gatewayOf(two);
    const session = await open(`${url}/one`);
    expect((await echo(`${url}/one`, session, 'hi')).message).toMatchObject({ result: { content: [{ text: 'hi' }] } });
    expect((await post(`${url}/three`, initialize('x'))).status).toBe(404);
    expect((await post(`${url}/`, initialize('x'))).status).toBe(404);
  });

  test('P20 a session of one route is nobody on another', async () => {
    const { url } = await gatewayOf(two);
    const session = await open(`${url}/one`);
    expect((await echo(`${url}/two`, session, 'hi')).status).toBe(404);
    expect((await echo(`${url}/one`, session, 'hi')).status).toBe(200);
  });

  test('have limits of their own', async () => {
    const { url } = await gatewayOf(two);
    const [one, other] = [await open(`${url}/one`), await open(`${url}/two`)];
    const both = async (path: string, session: Record<string, string>) =>
      Promise.all([1, 2].map(async (id) => post(`${url}${path}`, toolCall(id, 'delay', { ms: 300 }), session)));
    const [ofOne, ofTwo] = await Promise.all([both('/one', one), both('/two', other)]);
    expect(ofOne.map(({ status }) => status)).toEqual([200, 200]);
    expect(ofTwo.filter(({ message }) => message?.['error'] !== undefined)).toHaveLength(1);
  });

  test('are told apart by host before path, and what is below a path is the last to be asked', async () => {
    const gateway = await gatewayOf(`allowHosts: [a.example]
upstreams: { one: ${server()} }
routes:
  - { name: below, path: /x/*, upstream: one }
  - { name: whole, path: /x/y, upstream: one }
  - { name: hosted, path: /x/y, host: b.example, upstream: one }
`);
    await rawPost(gateway.url, '/x/y', 'a.example');
    await rawPost(gateway.url, '/x/y', 'b.example');
    await rawPost(gateway.url, '/x/z', 'b.example');
    expect(new Set([...gateway.sessions()].map(({ route }) => route))).toEqual(new Set(['below', 'hosted', 'whole']));
  });

  test('give a session other limits while a tag holds on it, and as the file says them next', async () => {
    const tagged = (pending: number) =>
      `tags: { slow: { limits: { pendingPerSession: ${pending} } } }\n${two.replace(/, limits: .*\}/, ' }')}`;
    const gateway = await gatewayOf(tagged(1));
    const session = await open(`${gateway.url}/one`);
    const both = async (): Promise<readonly number[]> => {
      const calls = [1, 2].map(async (id) => post(`${gateway.url}/one`, toolCall(id, 'delay', { ms: 300 }), session));
      return (await Promise.all(calls)).map(({ status }) => status).toSorted((one, other) => one - other);
    };
    expect(await both()).toEqual([200, 200]);
    gateway.session(session['Mcp-Session-Id']!)?.label('slow', true);
    expect(await both()).toEqual([200, 429]);
    await gateway.reload(configOf(tagged(2)));
    expect(await both()).toEqual([200, 200]);
  });

  test('take no more sessions together than the gateway may have', async () => {
    const { url } = await gatewayOf(`sessionsMax: 1\n${two}`);
    await open(`${url}/one`);
    const refused = await post(`${url}/two`, initialize('x'));
    expect([refused.status, refused.message]).toMatchObject([503, { error: { data: { scope: 'gateway', limit: 1 } } }]);
  });

  test('take no more requests together than may wait in the gateway, and as many as that when it is raised', async () => {
    const gateway = await gatewayOf(`totals: { pendingTotal: 1 }\n${two}`);
    const [one, other] = [await open(`${gateway.url}/one`), await open(`${gateway.url}/two`)];
    const waits = post(`${gateway.url}/one`, toolCall(1, 'delay', { ms: 60_000 }), one).catch(() => undefined);
    while (gateway.totals().pending.ordinary === 0) await new Promise(setImmediate);
    const refused = await echo(`${gateway.url}/two`, other, 'x');
    expect(refused).toMatchObject({
      status: 429,
      message: { error: { code: 4290, data: { scope: 'gateway', current: 1, limit: 1 } } },
    });
    await gateway.reload(configOf(`totals: { pendingTotal: 2 }\n${two}`));
    expect((await echo(`${gateway.url}/two`, other, 'x')).status).toBe(200);
    expect(gateway.audits().flatMap(({ drift }) => drift)).toEqual([]);
    await gateway.close();
    await waits;
  });

  test('have so many connections together, and whoever comes besides is told so, on WebSocket too', async () => {
    const { url } = await gatewayOf(`front: { connectionsMax: 1 }\n${two}`);
    const first = new WebSocket(`${url.replace('http', 'ws')}/one`, 'mcp');
    await once(first, 'open');
    const second = new WebSocket(`${url.replace('http', 'ws')}/two`, 'mcp');
    const [, response] = (await once(second, 'unexpected-response')) as [unknown, IncomingMessage];
    expect([response.statusCode, response.headers['content-type']]).toEqual([503, 'application/json']);
    response.destroy();
    expect(await post(`${url}/two`, initialize('x'))).toMatchObject({
      status: 503,
      message: { error: { data: { code: 'TOO_MANY_CONNECTIONS', limit: 1 } } },
    });
    first.terminate();
  });

  test('serve WebSocket where they serve HTTP', async () => {
    const { url } = await gatewayOf(two);
    const socket = new WebSocket(`${url.replace('http', 'ws')}/one`, 'mcp');
    const said = await new Promise<string>((resolve, reject) => {
      socket.once('open', () => socket.send(JSON.stringify(initialize('ws'))));
      socket.once('message', (data: Buffer) => resolve(data.toString()));
      socket.once('error', reject);
    });
    expect(JSON.parse(said)).toMatchObject({ id: 'ws', result: {} });
    socket.close();
    const nowhere = new WebSocket(`${url.replace('http', 'ws')}/three`, 'mcp');
    await expect(new Promise((_, reject) => nowhere.once('error', reject))).rejects.toThrow('404');
  });

  test('of a foreign page are closed to it', async () => {
    const { url } = await gatewayOf(two);
    expect((await post(`${url}/one`, initialize('x'), { Origin: 'https://evil.example' })).status).toBe(403);
  });
});

/** With a Host that `fetch` would not send. */
async function rawPost(url: string, path: string, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = {
      Host: host,
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
    };
    const asked = request(`${url}${path}`, { method: 'POST', headers }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0));
    });
    asked.once('error', reject);
    asked.end(JSON.stringify(initialize('x')));
  });
}

describe('whoever comes', () => {
  const guarded = `upstreams: { one: ${server('shared')} }
auth: { people: { tokenFile: tokens } }
routes:
  - { path: /one, upstream: one, auth: people }
`;

  test('proves who they are where the route asks for it, and finds their own sessions alone (P20)', async () => {
    const { url } = await gatewayOf(guarded, folder);
    expect((await post(`${url}/one`, initialize('x'))).status).toBe(401);
    const [alice, bob] = [await open(`${url}/one`, as('alice')), await open(`${url}/one`, as('bob'))];
    expect((await echo(`${url}/one`, { ...alice, ...as('bob') }, 'hi')).status).toBe(404);
    expect((await echo(`${url}/one`, { ...bob, Authorization: '' }, 'hi')).status).toBe(401);
  });

  test('gets answers of their own over a shared server, also with equal ids (P4)', async () => {
    const { url } = await gatewayOf(guarded, folder);
    const sessions = [await open(`${url}/one`, as('alice')), await open(`${url}/one`, as('bob'))];
    const texts = Array.from({ length: 20 }, (_, index) => `text ${index}`);
    const answers = await Promise.all(texts.map(async (text, index) => echo(`${url}/one`, sessions[index % 2]!, text)));
    expect(answers.map(({ message }) => message)).toMatchObject(
      texts.map((text) => ({ id: 1, result: { content: [{ text }] } })),
    );
  });

  test('may be kept out from one moment to the next, from open sessions too', async () => {
    const gateway = await gatewayOf(guarded, folder);
    const place = `${gateway.url}/one`;
    const alice = await open(place, as('alice'));
    const digest = createHash('sha256').update(tokens.bob).digest('hex');
    writeFileSync(join(folder, 'fewer'), `bob sha256:${digest}\n`);
    await gateway.reload(configOf(guarded.replace('tokens }', 'fewer }'), folder));
    expect((await echo(place, alice, 'hi')).status).toBe(401);
    await open(place, as('bob'));
  });
});

describe('a new configuration', () => {
  test('says what it changed, and leaves sessions with the server that they have', async () => {
    const gateway = await gatewayOf(two);
    const session = await open(`${gateway.url}/one`);
    const change = await gateway.reload(
      configOf(`upstreams:
  one: { command: ${process.execPath}, args: [-e, 'process.stdin.resume()'] }
  three: ${server()}
routes:
  - { path: /one, upstream: one }
  - { path: /three, upstream: three }
`),
    );
    expect(change).toEqual({
      addedRoutes: ['three'],
      removedRoutes: ['two'],
      changedRoutes: [],
      addedUpstreams: ['three'],
      removedUpstreams: ['two'],
      changedUpstreams: ['one'],
    });
    expect((await echo(`${gateway.url}/one`, session, 'still')).message).toMatchObject({ result: {} });
    expect((await post(`${gateway.url}/two`, initialize('x'))).status).toBe(404);
    await open(`${gateway.url}/three`);
    await fetch(`${gateway.url}/one`, { method: 'DELETE', headers: session });
  });

  test('keeps a session whose route is gone until it ends', async () => {
    const gateway = await gatewayOf(two);
    const session = await open(`${gateway.url}/two`);
    await gateway.reload(configOf(`upstreams: { one: ${server()} }\nroutes: [{ path: /one, upstream: one }]`));
    expect((await echo(`${gateway.url}/two`, session, 'still')).status).toBe(200);
    expect([...gateway.sessions()].map(({ route }) => route)).toEqual(['two']);
    const before = gateway.totals();
    await fetch(`${gateway.url}/two`, { method: 'DELETE', headers: session });
    expect((await echo(`${gateway.url}/two`, session, 'gone')).status).toBe(404);
    expect(gateway.totals().sessionsOpened).toBe(before.sessionsOpened);
  });

  test('has its limits hold at once', async () => {
    const gateway = await gatewayOf(two);
    const session = await open(`${gateway.url}/two`);
    await gateway.reload(configOf(two.replace('pendingPerSession: 1', 'pendingPerSession: 5')));
    const calls = [1, 2, 3].map(async (id) => post(`${gateway.url}/two`, toolCall(id, 'delay', { ms: 200 }), session));
    expect((await Promise.all(calls)).map(({ message }) => message?.['error'])).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('that wants another address is refused, and nothing changes', async () => {
    const gateway = await gatewayOf(two);
    const config = configOf(two);
    const moved = { ...config, listen: { ...config.listen, port: 1 } };
    await expect(gateway.reload({ ...moved, routes: [] })).rejects.toThrow(ReloadRefused);
    expect(gateway.routes.map(({ name }) => name)).toEqual(['one', 'two']);
  });
});

describe('health', () => {
  const ready = async (url: string) => {
    const response = await fetch(url);
    return [response.status, (await response.text()).trim()];
  };

  test('is that of the gateway, and of each server', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => closed.once('listening', resolve));
    const { port } = closed.address() as { readonly port: number };
    await new Promise((resolve) => closed.close(resolve));
    const { url } = await gatewayOf(`upstreams:
  one: ${server()}
  away: { url: 'http://127.0.0.1:${port}/mcp', restart: never }
routes:
  - { path: /one, upstream: one }
  - { path: /away, upstream: away }
`);
    expect(await ready(`${url}/healthz`)).toEqual([200, 'ok']);
    await post(`${url}/away`, initialize('x'));
    expect(await ready(`${url}/readyz/one`)).toEqual([200, 'ok']);
    expect((await ready(`${url}/readyz/away`))[0]).toBe(503);
    expect(await ready(`${url}/readyz`)).toEqual([200, 'ok']);
    expect((await ready(`${url}/readyz/none`))[0]).toBe(404);
  });

  test('P17 of a gateway that ends is bad, and what is under way is finished', async () => {
    const gateway = await gatewayOf(two);
    const { url } = gateway;
    const session = await open(`${url}/one`);
    const call = post(`${url}/one`, toolCall(1, 'delay', { ms: 300, text: 'done' }), session);
    await post(`${url}/one`, { id: 2, method: 'ping' }, session);
    const drained = gateway.drain();
    expect((await ready(`${url}/readyz`))[0]).toBe(503);
    expect((await post(`${url}/two`, initialize('late'))).status).toBe(503);
    expect((await call).message).toMatchObject({ id: 1, result: { content: [{ text: 'done' }] } });
    await drained;
  });
});

test('a port that is taken is said to be so', async () => {
  const { url } = await gatewayOf(two);
  const config = configOf(two);
  const taken = { ...config, listen: { ...config.listen, port: Number(new URL(url).port) } };
  await expect(
    openGateway({ config: taken, clock: systemClock(), log: silentLog, onStderr: () => {} }),
  ).rejects.toThrow(ListenError);
});
