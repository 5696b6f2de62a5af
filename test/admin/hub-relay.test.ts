import { once } from 'node:events';
import { type IncomingMessage, type RequestListener, createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type WebSocket, WebSocketServer, WebSocket as Client } from 'ws';
import type { UpgradePath } from '../../src/admin/upgrades.ts';
import { writeRunFile } from '../../src/admin/run-files.ts';
import { asked, hubOn, hubsToken, inspected, runFolderOfTest } from './hub-scene.ts';

/** A process that is known to the hub by this server, which tells what it is and else does what the test says. */
async function strangeProcess(folder: string, serve: RequestListener) {
  const server = createServer((request, response) => {
    if (request.url === '/process') response.end(JSON.stringify({ pid: process.ppid, command: 'forward stdio' }));
    else serve(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  writeRunFile({ pid: process.ppid, origin: `http://127.0.0.1:${port}`, token: 'secret-there', startedAt: 1 }, folder);
  return server;
}

describe('a request', () => {
  test('reaches the process as it is, with the token of that process, and its answer comes back', async () => {
    const folder = runFolderOfTest();
    const { listener } = await hubOn(folder);
    const { open } = await inspected(folder, process.ppid, 1);
    const session = open();
    const base = `/processes/${process.ppid}`;
    expect((await asked(listener.origin, `${base}/sessions?limit=1`)).body).toMatchObject({ total: 1 });
    expect(await asked(listener.origin, `${base}/sessions/${session.id}/tags/a%2Fb`, { method: 'PUT' })).toMatchObject({
      status: 200,
      body: { tags: ['a/b'] },
    });
    const wrong = await asked(listener.origin, `${base}/drain`);
    expect([wrong.status, wrong.headers.get('allow'), wrong.headers.get('cache-control')]).toEqual([
      405,
      'POST',
      'no-store',
    ]);
    const bad = { method: 'POST', body: 'x'.repeat(1_000_000) };
    expect((await asked(listener.origin, `${base}/pause/p1/modify`, bad)).body).toMatchObject({
      error: { code: 'BAD_REQUEST', message: 'The body is no JSON' },
    });
    expect((await asked(listener.origin, `${base}/sessions/${session.id}`, { method: 'DELETE' })).status).toBe(204);
  });

  test('takes no token, cookie or origin along, and brings back nothing but the answer', async () => {
    const folder = runFolderOfTest();
    const { listener } = await hubOn(folder);
    await strangeProcess(folder, (request, response) => {
      response.setHeader('Set-Cookie', 'a=b').setHeader('Access-Control-Allow-Origin', '*');
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify(request.headers));
    });
    const { body, headers } = await asked(listener.origin, `/processes/${process.ppid}/x`, {
      headers: { Cookie: 'a=b', 'X-Secret': 'c', Origin: listener.origin, Accept: 'text/plain' },
    });
    expect(body).toEqual({
      accept: 'text/plain',
      authorization: 'Bearer secret-there',
      connection: expect.any(String) as string,
      host: expect.stringMatching(/^127\.0\.0\.1:\d+$/) as string,
    });
    expect(JSON.stringify([body, [...headers]])).not.toContain(hubsToken);
    expect([headers.get('set-cookie'), headers.get('access-control-allow-origin')]).toEqual([null, null]);
  });

  test('that is given up is given up there, too', async () => {
    const folder = runFolderOfTest();
    const { listener } = await hubOn(folder);
    const giveUp = new AbortController();
    const closed = new Promise<void>((resolve) => {
      void strangeProcess(folder, (_request, response) => {
        response.on('close', resolve);
        giveUp.abort();
      }).then(async () =>
        asked(listener.origin, `/processes/${process.ppid}/x`, { signal: giveUp.signal }).catch(() => {}),
      );
    });
    await expect(closed).resolves.toBe(undefined);
  });

  test('to a process that says nothing is answered with 504', async () => {
    const folder = runFolderOfTest();
    const { listener } = await hubOn(folder, {}, hubsToken, 50);
    await strangeProcess(folder, () => {});
    expect(await asked(listener.origin, `/processes/${process.ppid}/x`)).toMatchObject({
      status: 504,
      body: { error: { code: 'PROCESS_SILENT' } },
    });
  });

  test('to a process that is gone, or is another one by now, is answered with 502', async () => {
    const folder = runFolderOfTest();
    const { listener } = await hubOn(folder);
    const server = await strangeProcess(folder, (_request, response) => response.writeHead(401).end());
    await asked(listener.origin, '/processes');
    const gone = { status: 502, body: { error: { code: 'PROCESS_GONE' } } };
    expect(await asked(listener.origin, `/processes/${process.ppid}/x`)).toMatchObject(gone);
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
    expect(await asked(listener.origin, `/processes/${process.ppid}/x`)).toMatchObject(gone);
  });
});

async function feedBehindHub() {
  const folder = runFolderOfTest();
  const { listener } = await hubOn(folder);
  const feeds = new WebSocketServer({ noServer: true, handleProtocols: () => 'ninelives.feed.v1' });
  const accepted = new Promise<WebSocket>((resolve) => feeds.once('connection', resolve));
  const { file } = await inspected(folder, process.ppid, 1, {
    upgrades: [
      {
        path: '/feed',
        accept: (request, socket, head) =>
          feeds.handleUpgrade(request, socket, head, (opened) => feeds.emit('connection', opened, request)),
      },
    ],
  });
  const url = `${listener.origin.replace('http', 'ws')}/processes/${process.ppid}/feed`;
  const open = (): Client => {
    const client = new Client(url, ['ninelives.feed.v1', `ninelives.token.${hubsToken}`]);
    onTestFinished(() => client.terminate());
    return client;
  };
  return { listener, open, accepted, file, feeds, folder };
}

describe('a feed', () => {
  test('goes both ways through the hub, and the token stays there', async () => {
    const { open, feeds } = await feedBehindHub();
    const asking = new Promise<readonly string[]>((resolve) =>
      feeds.once('connection', (_opened, request: IncomingMessage) => resolve(request.rawHeaders)),
    );
    feeds.on('connection', (opened) => {
      opened.send('hello');
      opened.on('message', (data: Buffer) => opened.send(`you said ${data.length}`));
    });
    const client = open();
    const said: string[] = [];
    client.on('message', (data: Buffer) => said.push(data.toString()));
    await once(client, 'open');
    expect(client.protocol).toBe('ninelives.feed.v1');
    client.send('x'.repeat(1_000_000));
    while (said.length < 2) await once(client, 'message');
    expect(said).toEqual(['hello', 'you said 1000000']);
    expect((await asking).join()).not.toContain(hubsToken);
  });

  test('that shows the token in the query leaves it at the hub, and may do so for a foreign wire alone', async () => {
    const folder = runFolderOfTest();
    const { listener } = await hubOn(folder);
    const paths: string[] = [];
    const sockets = new WebSocketServer({ noServer: true });
    const wire = (path: string): UpgradePath => ({
      path,
      takesTokenInQuery: true,
      accept: (request, socket, head) => {
        paths.push(request.url ?? '');
        sockets.handleUpgrade(request, socket, head, (opened) => opened.close());
      },
    });
    await inspected(folder, process.ppid, 1, { upgrades: [wire('/inspect/wire/stately'), wire('/feed')] });
    const base = `${listener.origin.replace('http', 'ws')}/processes/${process.ppid}`;
    const closed = async (path: string): Promise<unknown> => {
      const client = new Client(`${base}${path}`);
      return once(client, 'close').catch((error: Error) => error.message);
    };
    await closed(`/inspect/wire/stately?token=${hubsToken}&session=a%20b`);
    await closed(`/inspect/wire/stately?token=${hubsToken}`);
    expect(paths).toEqual(['/inspect/wire/stately?session=a+b', '/inspect/wire/stately']);
    for (const path of ['/inspect/wire/stately?token=wrong', `/feed?token=${hubsToken}`, '/inspect/wire/stately']) {
      expect(await closed(path)).toContain('401');
    }
  });

  test('ends on one side when it ends on the other', async () => {
    const first = await feedBehindHub();
    const client = first.open();
    const [there] = await Promise.all([first.accepted, once(client, 'open')]);
    const closedThere = once(there, 'close');
    client.terminate();
    await closedThere;

    const second = await feedBehindHub();
    const other = second.open();
    (await second.accepted).close(4001, 'enough');
    const [code, reason] = (await once(other, 'close')) as [number, Buffer];
    expect([code, reason.toString()]).toEqual([4001, 'enough']);
  });

  test('is not read faster than the page reads', async () => {
    const { listener, open, accepted } = await feedBehindHub();
    const client = open();
    await once(client, 'open');
    client.pause();
    const there = await accepted;
    // More than the buffers of three sockets on this machine take.
    const chunk = Buffer.alloc(1024 * 1024);
    let taken = 0;
    for (let sent = 0; sent < 64; sent += 1) there.send(chunk, () => (taken += 1));
    // Others are served meanwhile, until nothing more is taken from the process.
    for (let [before, unchanged] = [-1, 0]; unchanged < 20; before = taken) {
      await asked(listener.origin, '/processes');
      unchanged = taken === before ? unchanged + 1 : 0;
    }
    expect(taken).toBeLessThan(48);
    let bytes = 0;
    client.on('message', (data: Buffer) => (bytes += data.length));
    client.resume();
    while (bytes < 64 * chunk.length) await once(client, 'message');
  });

  test('of a process that does not have one, or is not there, is refused', async () => {
    const folder = runFolderOfTest();
    const { listener } = await hubOn(folder);
    await inspected(folder, process.ppid, 1);
    const statusOf = async (path: string): Promise<string> => {
      const socket = connect(listener.port, '127.0.0.1');
      const lines = [
        `GET ${path} HTTP/1.1`,
        'Host: 127.0.0.1',
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
        `Authorization: Bearer ${hubsToken}`,
      ];
      socket.write(`${lines.join('\r\n')}\r\n\r\n`);
      let said = '';
      socket.setEncoding('utf8').on('data', (chunk: string) => (said += chunk));
      await once(socket, 'close');
      return said.slice(9, 12);
    };
    expect(await statusOf(`/processes/${process.ppid}/feed`)).toBe('404');
    expect(await statusOf('/processes/2147483647/feed')).toBe('404');
    expect(await statusOf('/processes/x/feed')).toBe('404');
  });
});
