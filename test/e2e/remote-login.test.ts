/**
 * The built command in front of a server that wants a login: against a real authorization server, with a browser that has no
 * window. Build first.
 */
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { World, type WorldOptions } from '../auth/oauth-world.ts';
import { connect } from './sdk-client.ts';
import { type Program, fixture, ninelives, start, stopAll, textOf } from './program.ts';

afterEach(stopAll);

async function open(options: WorldOptions = {}) {
  const home = mkdtempSync(join(tmpdir(), 'remote-login-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const world = await World.open(options);
  const env = { XDG_CONFIG_HOME: home, BROWSER: fixture('headless-browser.mjs') };
  const run = (words: readonly string[], more: Readonly<Record<string, string>> = {}): Program =>
    start(ninelives(...words), { ...env, ...more });
  const forward = (...flags: readonly string[]): Program =>
    run(['forward', 'stdio', '--log-level', 'trace', ...flags, '--upstream', world.url.href]);
  return { world, folder: join(home, 'ninelives', 'auth'), run, forward };
}

const files = (folder: string): readonly string[] => readdirSync(folder).filter((name) => name.endsWith('.json'));
const count = (grants: readonly string[], grant: string): number => grants.filter((each) => each === grant).length;

interface Kept {
  readonly tokens?: { readonly access: string; readonly refresh: string };
}

function tokensIn(folder: string): Kept['tokens'] {
  return (JSON.parse(readFileSync(join(folder, files(folder)[0] ?? ''), 'utf8')) as Kept).tokens;
}

async function ended(program: Program): Promise<number | null> {
  program.endInput();
  return (await program.exit).code;
}

describe('forward stdio, to a server that wants a login', () => {
  test('logs its user in by browser, and serves the client that waits', async () => {
    const { world, folder, forward } = await open();
    const program = forward();
    expect(await program.initialize()).toHaveProperty('result.serverInfo.name', 'protected');
    expect(textOf(await program.ask(1, 'tools/call', { name: 'count', arguments: {} }))).toBe('1');
    expect([world.registrations, world.grants, world.sessions]).toEqual([1, ['authorization_code'], 1]);
    const [name = ''] = files(folder);
    expect([statSync(folder).mode & 0o777, statSync(join(folder, name)).mode & 0o777]).toEqual([0o700, 0o600]);
    expect(await ended(program)).toBe(0);
    expect(world.sessions).toBe(0);
  });

  test('logs in to a server on WebSocket as well, and comes back to it with what it has then', async () => {
    const { world, run } = await open();
    const url = world.url.href.replace('http', 'ws');
    const first = run(['forward', 'stdio', '--upstream', url]);
    expect(await first.initialize()).toHaveProperty('result.serverInfo.name', 'protected');
    expect(textOf(await first.ask(1, 'tools/call', { name: 'count', arguments: {} }))).toBe('1');
    await ended(first);
    for (const token of world.brought) world.revoked.add(token);
    const second = run(['forward', 'stdio', '--oauth', 'stored', '--upstream', url], { BROWSER: 'none' });
    expect(await second.initialize()).toHaveProperty('result.serverInfo.name', 'protected');
    expect(world.grants).toEqual(['authorization_code', 'refresh_token']);
    expect((await ended(run(['auth', 'logout', url]))) ?? 1).toBe(0);
  });

  test('says no token in any line, at whatever level', async () => {
    const { world, folder, forward } = await open();
    const program = forward();
    await program.initialize();
    for (const token of world.brought) world.revoked.add(token);
    await program.ask(1, 'tools/call', { name: 'count', arguments: {} });
    await ended(program);
    const { access = '', refresh = '' } = tokensIn(folder) ?? {};
    const said = program.err.join('\n');
    expect(world.brought.size).toBe(2);
    for (const secret of [...world.brought, access, refresh]) expect(said).not.toContain(secret);
    expect(said).not.toMatch(/code_verifier|[?&]code=/);
  });

  test('uses the login of an earlier run, and asks for none', async () => {
    const { world, forward, run } = await open();
    const first = forward();
    await first.initialize();
    await ended(first);
    const words = ['forward', 'stdio', '--oauth', 'stored', '--upstream', world.url.href];
    const second = run(words, { BROWSER: 'none' });
    expect(await second.initialize()).toHaveProperty('result');
    expect(world.grants).toEqual(['authorization_code']);
  });

  test('that no longer takes its token in the middle of a session is brought another: no call is lost, or made twice', async () => {
    const { world, forward } = await open();
    const program = forward();
    await program.initialize();
    for (let round = 0; round < 5; round++) {
      for (const token of world.brought) world.revoked.add(token);
      const ids = Array.from({ length: 8 }, (_, at) => `${round}-${at}`);
      program.send(...ids.map((id) => ({ id, method: 'tools/call', params: { name: 'count', arguments: {} } })));
      const answers = await Promise.all(ids.map(async (id) => program.answer(id)));
      expect(answers.map((answer) => answer.error)).toEqual(ids.map(() => undefined));
    }
    expect([world.executed, world.sessions]).toEqual([40, 1]);
    expect([count(world.grants, 'authorization_code'), count(world.grants, 'refresh_token')]).toEqual([1, 5]);
    expect(world.refused).toBeGreaterThanOrEqual(5);
  });

  test('P15 from two processes at once: one renewal reaches the issuer, and both go on with what it brought', async () => {
    const { world, forward } = await open();
    const one = forward();
    await one.initialize();
    const other = forward('--oauth', 'stored');
    await other.initialize();
    // Whoever renews first is kept in it until the other has been refused as well, and waits for it.
    const before = world.refused;
    world.beforeToken = async () => world.untilRefused(before + 2);
    for (const token of world.brought) world.revoked.add(token);
    const answers = await Promise.all(
      [one, other].map(async (program) => program.ask(1, 'tools/call', { name: 'count', arguments: {} })),
    );
    expect(answers.map((answer) => answer.error)).toEqual([undefined, undefined]);
    expect([world.executed, count(world.grants, 'refresh_token')]).toEqual([2, 1]);
  });

  test('whose issuer takes the refresh token no longer asks for a new login', async () => {
    const { world, folder, forward } = await open();
    const program = forward();
    await program.initialize();
    await expire(world, folder);
    expect(textOf(await program.ask(1, 'tools/call', { name: 'count', arguments: {} }))).toBe('1');
    expect(await program.logged('the login to a server has expired')).toMatchObject({
      reason: `${world.issuer} gives no new token: invalid_grant`,
    });
    expect([count(world.grants, 'authorization_code'), world.sessions]).toEqual([2, 1]);
  });

  test('and may not be asked, says what to do and passes the refusal on', async () => {
    const { world, folder, forward } = await open();
    const first = forward();
    await first.initialize();
    await ended(first);
    await expire(world, folder);
    const program = forward('--oauth', 'stored');
    expect(await program.initialize()).toHaveProperty('error');
    expect(await program.logged(`log in with: ninelives auth login ${world.url.href}`)).toMatchObject({
      level: 'warn',
    });
  });

  test('is left to its client when that is said', async () => {
    const { world, forward } = await open();
    expect(await forward('--oauth', 'off').initialize()).toHaveProperty('error');
    expect(world.grants).toEqual([]);
  });
});

/** Every token that was ever given out is worth nothing any more. */
async function expire(world: World, folder: string): Promise<void> {
  for (const token of world.brought) world.revoked.add(token);
  const refresh = tokensIn(folder)?.refresh ?? '';
  await (await world.provider?.RefreshToken.find(refresh))?.destroy();
}

describe('forward http, to a server that wants a login', () => {
  async function front(mode: 'login' | 'stored', options: WorldOptions = {}) {
    const { world, run } = await open(options);
    const flags = ['--listen', '127.0.0.1:0', '--log-level', 'trace', '--oauth', mode];
    const program = run(['forward', 'http', ...flags, '--upstream', world.url.href]);
    const url = await program.until(
      () => program.err.flatMap((line) => /^ninelives listening on (\S+),/.exec(line)?.[1] ?? [])[0],
      'saying where it listens',
    );
    const client = async () => {
      const connected = await connect('v1', new URL(url), false);
      onTestFinished(async () => connected.close());
      return connected;
    };
    return { world, program, client };
  }

  test('serves all its clients by one login, which is renewed under their sessions, and says no token', async () => {
    const { world, program, client } = await front('login');
    const clients = [await client(), await client()];
    const answered = [{ content: [{ type: 'text' }] }, { content: [{ type: 'text' }] }];
    const called = async () => Promise.all(clients.map(async (each) => each.callTool('count', {})));
    expect(await called()).toMatchObject(answered);
    expect([world.registrations, world.grants, world.sessions]).toEqual([1, ['authorization_code'], 2]);
    for (const token of world.brought) world.revoked.add(token);
    expect(await called()).toMatchObject(answered);
    expect([world.executed, world.sessions, count(world.grants, 'refresh_token')]).toEqual([4, 2, 1]);
    for (const token of world.brought) expect(program.err.join('\n')).not.toContain(token);
  });

  test('without a login that it may use, tells its clients that the server let it not in', async () => {
    const { world, client } = await front('stored');
    await expect(client()).rejects.toThrow('HTTP 401');
    expect([world.registrations, world.grants, world.executed]).toEqual([0, [], 0]);
  });
});

describe('ninelives auth', () => {
  test('logs in, says so, and logs out', async () => {
    const { world, run } = await open();
    const say = async (...words: readonly string[]) => {
      const program = run(['auth', ...words]);
      const { code } = await program.exit;
      return { code, out: program.out.join('\n'), err: program.err.join('\n') };
    };
    expect(await say('login', world.url.href)).toMatchObject({ code: 0, out: `Logged in to ${world.url.href}` });
    const status = new RegExp(
      `^${world.url.href}: ${world.issuer}, good for \\d+ s, renewed when it is used, scope .*mcp`,
    );
    expect((await say('status')).out).toMatch(status);
    expect(await say('logout', world.url.href)).toMatchObject({ code: 0, out: `Logged out of ${world.url.href}` });
    expect(await say('status')).toMatchObject({ code: 0, out: '' });
    expect(await say('logout', world.url.href)).toMatchObject({
      code: 0,
      out: `You were not logged in to ${world.url.href}`,
    });
  });

  test('takes the address of the answer by hand, where there is no browser', async () => {
    const { world, run } = await open();
    const program = run(['auth', 'login', world.url.href], { BROWSER: 'none' });
    const page = await program.until(() => program.err.find((line) => line.includes('/auth?'))?.trim());
    // The browser of another machine is sent to an address where nobody is.
    const answer = await followed(page);
    program.write('https://example.com/nonsense\n');
    await program.until(() => program.err.find((line) => line.startsWith('This is not the address of the answer')));
    program.write(`${answer}\n`);
    expect((await program.exit).code).toBe(0);
    expect(program.out).toEqual([`Logged in to ${world.url.href}`]);
  });

  test('says why it cannot', async () => {
    const { world, run } = await open({ registers: false });
    const program = run(['auth', 'login', world.url.href]);
    expect((await program.exit).code).toBe(1);
    expect(program.err).toEqual([
      `error: ${world.issuer} registers nobody: register a client there and say its id with --oauth-client-id`,
    ]);
  });
});

/** Where a browser would be sent in the end, without going there. */
async function followed(page: string): Promise<string> {
  const { browse } = await import('../fixtures/headless-browser.mjs');
  const { redirect_uri: place = '' } = Object.fromEntries(new URL(page).searchParams);
  return (await browse(page, place)).url;
}
