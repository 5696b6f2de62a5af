/** One page for all processes of a machine: real processes of the built command, which come, go and are killed. */
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { asked, following } from '../admin/hub-scene.ts';
import { freePort } from './free-port.ts';
import { type Program, forwarding, ninelives, scripted, start, stopAll } from './program.ts';

let parent = '';
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'hub-'));
});
afterEach(async () => {
  await stopAll();
  rmSync(parent, { recursive: true, force: true });
});

const inspected = (port: number, ...flags: readonly string[]): Program =>
  start(forwarding(scripted(), ['--inspect', `127.0.0.1:${port}`, ...flags]), { XDG_RUNTIME_DIR: parent });

const run = (...words: readonly string[]): Program => start(ninelives(...words), { XDG_RUNTIME_DIR: parent });

/** Where the page is, as a process says. */
async function pageOf(program: Program): Promise<{ readonly origin: string; readonly token: string }> {
  const find = (): string | undefined =>
    program.err.flatMap((line) => /^ninelives inspector on (\S+)$/.exec(line)?.[1] ?? [])[0];
  const { origin, hash } = new URL(await program.until(find, 'saying where the inspector is'));
  return { origin, token: hash.replace('#token=', '') };
}

const same = (pids: readonly number[], programs: readonly Program[]): boolean =>
  pids.length === programs.length && programs.every(({ pid }) => pids.includes(pid));

describe('three processes', () => {
  test('are on one page, and stay there when the one that serves it is killed', async () => {
    const port = await freePort();
    const [first, second, third] = [inspected(port), inspected(port), inspected(port)] as const;
    const all = [first, second, third];
    const pages = await Promise.all(all.map(pageOf));
    // Whichever was first, and whoever began at the same moment: there is one address and one token.
    expect(new Set(pages.map((page) => JSON.stringify(page))).size).toBe(1);
    const { origin, token } = pages[0]!;
    expect(origin).toBe(`http://127.0.0.1:${port}`);
    await Promise.all(all.map((program) => program.initialize()));
    const page = following(origin, token);
    await page.until((pids) => same(pids, all));
    for (const { pid } of all) {
      const { body } = await asked(origin, `/processes/${pid}/sessions`, { token });
      expect(body).toMatchObject({ total: 1, sessions: [{ clientName: 'test' }] });
    }

    const holder = all.find((program) => program.log().every(({ by }) => by === undefined))!;
    const others = all.filter((program) => program !== holder);
    holder.signal('SIGKILL');
    await once(page.socket, 'close');
    await Promise.race(others.map((program) => program.logged('the page of all processes is served here from now on')));
    const later = following(origin, token);
    await later.until((pids) => same(pids, others));
    expect((await asked(origin, `/processes/${others[0]!.pid}/process`, { token })).status).toBe(200);
    // Its client noticed nothing of this.
    expect((await others[0]!.ask('a', 'ping')).result).toEqual({});
  });

  test('flooded from outside and through the hub answer their clients all the same', async () => {
    const program = inspected(await freePort());
    const { origin, token } = await pageOf(program);
    await program.initialize();
    const flood = Promise.allSettled(
      Array.from({ length: 600 }, async (_, index) =>
        index % 2 === 0
          ? fetch(`${origin}/processes/${program.pid}/sessions`, { headers: { Authorization: 'Bearer wrong' } })
          : asked(origin, `/processes/${program.pid}/sessions`, { token }),
      ),
    );
    for (let id = 0; id < 20; id += 1) expect((await program.ask(id, 'ping')).result).toEqual({});
    const statuses = (await flood).map((each) => (each.status === 'fulfilled' ? each.value.status : 0));
    expect(statuses).toEqual(expect.arrayContaining([200, 401, 429]));
  });
});

describe('the usual address', () => {
  test('of a stranger is left to the stranger, who is shown no token, until it is free', async () => {
    const seen: (string | undefined)[] = [];
    const stranger = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.end();
    });
    stranger.listen(0, '127.0.0.1');
    await once(stranger, 'listening');
    onTestFinished(() => void stranger.close());
    const address = stranger.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const program = inspected(port);
    const own = await pageOf(program);
    expect(own.origin).not.toContain(`:${port}`);
    expect((await program.logged('the address for --inspect is taken'))['by']).toBe('a stranger');
    await program.initialize();
    expect((await asked(own.origin, '/processes', { token: own.token })).body).toMatchObject({
      processes: [{ pid: program.pid }],
    });
    const opened = run('open', '--print');
    await opened.exit;
    expect(opened.out).toEqual([`${own.origin}/inspect/#token=${own.token}`]);
    expect(seen).toEqual([]);

    stranger.closeAllConnections();
    stranger.close();
    await program.logged('the page of all processes is served here from now on');
    expect((await asked(`http://127.0.0.1:${port}`, '/processes', { token: own.token })).status).toBe(200);
  });

  test('is kept by ninelives inspect, which waits for it where it is taken', async () => {
    const port = await freePort();
    const program = inspected(port);
    const page = await pageOf(program);
    const hub = run('inspect', '--listen', `127.0.0.1:${port}`);
    await hub.until(() => hub.err.find((line) => line === 'This waits until it is free.'), 'saying that it waits');
    expect(hub.err[0]).toBe(
      `${page.origin} is taken by process ${program.pid} (forward stdio): the page is at ${page.origin}/inspect/#token=${page.token}`,
    );
    program.endInput();
    await program.exit;
    expect(await pageOf(hub)).toEqual(page);
    expect((await asked(page.origin, '/processes', page)).body).toEqual({ processes: [] });
    // It is no process that anybody could manage.
    expect((await asked(page.origin, '/process', page)).status).toBe(404);
    const late = inspected(port);
    expect(await pageOf(late)).toEqual(page);
    await following(page.origin, page.token).until((pids) => same(pids, [late]));
    hub.signal('SIGTERM');
    expect(await hub.exit).toEqual({ code: 0, signal: null });
    expect(existsSync(join(parent, 'ninelives', `hub-${port}.json`))).toBe(false);
  });
});

describe('ninelives open', () => {
  test('where nothing is inspected says what to do, and starts nothing', async () => {
    const open = run('open');
    expect(await open.exit).toEqual({ code: 4, signal: null });
    expect(open.err.join()).toContain('--inspect');
    expect(existsSync(join(parent, 'ninelives'))).toBe(false);
  });

  const isWindows = process.platform === 'win32';
  test.skipIf(isWindows)('starts the browser with an address that is good once, without the token', async () => {
    const program = inspected(await freePort());
    const { origin, token } = await pageOf(program);
    const browser = join(parent, 'browser.mjs');
    const note = join(parent, 'opened');
    writeFileSync(
      browser,
      `#!${process.execPath}\nimport { writeFileSync } from 'node:fs';\nwriteFileSync('${note}', process.argv[2]);\nprocess.kill(${process.pid}, 0);\n`,
    );
    chmodSync(browser, 0o755);
    const env = { XDG_RUNTIME_DIR: parent, BROWSER: browser };
    const open = start(ninelives('open'), env);
    expect(await open.exit).toEqual({ code: 0, signal: null });
    const { readFile } = await import('node:fs/promises');
    let url = '';
    while (url === '') url = await readFile(note, 'utf8').catch(() => '');
    expect(url).toMatch(new RegExp(`^${origin}/inspect/visit/[\\w-]{43}$`));
    expect([url, ...open.out].join()).not.toContain(token);
    const first = await fetch(url, { redirect: 'manual' });
    expect([first.status, first.headers.get('location')]).toEqual([303, `/inspect/#token=${token}`]);
    expect((await fetch(url, { redirect: 'manual' })).status).toBe(401);
  });

  test('says the address where there is no browser', async () => {
    const { origin, token } = await pageOf(inspected(await freePort()));
    const open = start(ninelives('open'), { XDG_RUNTIME_DIR: parent, BROWSER: 'none' });
    expect(await open.exit).toEqual({ code: 0, signal: null });
    expect(open.out).toEqual([`there is no browser here; the page is at ${origin}/inspect/#token=${token}`]);
  });
});

describe.skipIf(process.platform === 'win32')('a folder that others may use', () => {
  test('is not trusted: each process has its own page, and its own token for it', async () => {
    const folder = join(parent, 'ninelives');
    mkdirSync(folder);
    chmodSync(folder, 0o755);
    const port = await freePort();
    const first = inspected(port);
    const page = await pageOf(first);
    const second = inspected(port);
    const other = await pageOf(second);
    expect(other.origin).not.toBe(page.origin);
    expect(other.token).not.toBe(page.token);
    expect((await asked(page.origin, '/processes', page)).body).toMatchObject({ processes: [{ pid: first.pid }] });
    expect((await asked(other.origin, '/processes', other)).body).toMatchObject({ processes: [{ pid: second.pid }] });
    const hub = run('inspect', '--listen', '127.0.0.1:0');
    expect(await hub.exit).toEqual({ code: 4, signal: null });
    expect(hub.err.join()).toContain(`${folder} is open to others: chmod 700 it`);
  });
});
