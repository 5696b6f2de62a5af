import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { isOfHub, wireBehind } from '../../src/admin/hub.ts';
import { asked, bystander, following, hubOn, hubsToken, inspected, runFolderOfTest } from './hub-scene.ts';

const pidsIn = (body: unknown): readonly number[] =>
  (body as { readonly processes: readonly { readonly pid: number }[] }).processes.map(({ pid }) => pid);

describe('the list', () => {
  test('has every process that is there, its own too, and loses those that go', async () => {
    const folder = runFolderOfTest();
    const { listener } = await hubOn(folder);
    const other = await bystander();
    const second = await inspected(folder, process.ppid, 1);
    await inspected(folder, other.pid, 2);
    const { status, body } = await asked(listener.origin, '/processes');
    expect([status, pidsIn(body)]).toEqual([200, [process.pid, process.ppid, other.pid]]);
    expect(body).toMatchObject({ processes: [{ command: 'forward http', server: 'node' }, {}, {}] });

    second.remove();
    other.kill('SIGKILL');
    await once(other, 'exit');
    expect(pidsIn((await asked(listener.origin, '/processes')).body)).toEqual([process.pid]);
  });

  test('is told to pages that follow it, whenever it changes', async () => {
    const folder = runFolderOfTest();
    const { listener } = await hubOn(folder);
    const page = following(listener.origin);
    await page.until((pids) => pids.join() === String(process.pid));
    const other = await bystander();
    const second = await inspected(folder, process.ppid, 1);
    await inspected(folder, other.pid, 2);
    await page.until((pids) => pids.length === 3);
    second.remove();
    await page.until((pids) => pids.length === 2);
    other.kill('SIGKILL');
    await page.until((pids) => pids.join() === String(process.pid));
    expect(page.socket.protocol).toBe('ninelives.feed.v1');
  });
});

describe('the two tokens', () => {
  test('that of the hub opens every process, that of a process itself alone', async () => {
    const folder = runFolderOfTest();
    const { listener } = await hubOn(folder);
    const { listener: other, file } = await inspected(folder, process.ppid, 1);
    for (const path of ['/process', '/processes', `/processes/${process.ppid}/process`]) {
      expect([path, (await asked(listener.origin, path)).status]).toEqual([path, 200]);
    }
    expect((await asked(listener.origin, '/process', { token: 'token-of-own' })).status).toBe(200);
    for (const path of ['/processes', `/processes/${process.ppid}/process`, '/hub']) {
      const answer = await asked(listener.origin, path, { token: 'token-of-own' });
      expect([path, answer.status]).toEqual([path, 401]);
    }
    // A process of which no hub is made knows neither the token of one nor its paths.
    expect((await asked(other.origin, '/process')).status).toBe(401);
    expect((await asked(other.origin, '/processes', { token: file.token })).status).toBe(404);
  });

  test.each(['/hub', '/processes', '/processes/1/feed'])('without one %s is told nothing but that', async (path) => {
    const { listener } = await hubOn(runFolderOfTest());
    expect(await asked(listener.origin, path, { token: 'wrong' })).toMatchObject({
      status: 401,
      body: { error: { code: 'UNAUTHORIZED' } },
    });
    const page = following(listener.origin, 'wrong', { path });
    const [error] = (await once(page.socket, 'error')) as [Error];
    expect(error.message).toContain('401');
  });

  test('P20 a page of somebody else is refused, also with the token', async () => {
    const { listener } = await hubOn(runFolderOfTest());
    const headers = { Origin: 'https://evil.example' };
    for (const path of ['/processes', `/processes/${process.pid}/process`]) {
      expect((await asked(listener.origin, path, { headers })).status).toBe(403);
    }
    for (const path of ['/hub', `/processes/${process.pid}/feed`]) {
      const page = following(listener.origin, hubsToken, { path, origin: headers.Origin });
      const [error] = (await once(page.socket, 'error')) as [Error];
      expect(error.message).toContain('403');
    }
  });
});

describe('what is not there', () => {
  test.each([
    ['GET', '/hub', 404, 'NOT_FOUND'],
    ['GET', '/processes/', 404, 'NOT_FOUND'],
    ['GET', '/processes/x/process', 404, 'NOT_FOUND'],
    ['POST', '/processes', 405, 'METHOD_NOT_ALLOWED'],
    ['GET', '/processes/2147483647/process', 404, 'NO_SUCH_PROCESS'],
    ['GET', '/processes/99999999999/process', 404, 'NOT_FOUND'],
  ])('%s %s is answered with %d %s', async (method, path, status, code) => {
    const { listener } = await hubOn(runFolderOfTest());
    expect(await asked(listener.origin, path, { method })).toMatchObject({ status, body: { error: { code } } });
  });

  test('a file that names another machine, or another process, leads nowhere', async () => {
    const folder = runFolderOfTest();
    const { listener } = await hubOn(folder);
    const other = await bystander();
    const { file } = await inspected(folder, process.ppid, 1);
    const { writeRunFile } = await import('../../src/admin/run-files.ts');
    for (const origin of ['http://192.0.2.1:80', 'https://127.0.0.1:1', 'http://evil.example', 'file:///etc', 'x']) {
      writeRunFile({ ...file, pid: other.pid, origin }, folder);
      expect(pidsIn((await asked(listener.origin, '/processes')).body)).toEqual([process.pid, process.ppid]);
      expect((await asked(listener.origin, `/processes/${other.pid}/process`)).status).toBe(404);
    }
    // The listener there is that of another pid.
    writeRunFile({ ...file, pid: other.pid }, folder);
    expect(pidsIn((await asked(listener.origin, '/processes')).body)).toEqual([process.pid, process.ppid]);
  });
});

test('paths of the hub are told from others', () => {
  const isHubs = (url: string): boolean => isOfHub({ url });
  expect(['/hub', '/hub?x', '/processes', '/processes/1/feed', '/processes?x'].filter(isHubs)).toHaveLength(5);
  expect(['/', '/hubs', '/process', '/process/hub', '/processesx', '//hub', ''].filter(isHubs)).toEqual([]);
});

test('a foreign wire of a process is told from its feed', () => {
  const takesToken = (url: string): boolean => wireBehind({ url }).takesTokenInQuery;
  expect(takesToken('/processes/1/inspect/wire/stately?token=x')).toBe(true);
  expect(['/processes/1/feed?token=x', '/inspect/wire/stately', '/hub?token=x', ''].filter(takesToken)).toEqual([]);
});
