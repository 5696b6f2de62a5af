/** `ninelives sessions` against processes that run, of the built command, with clients that are in the middle of something. */
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { commandLine } from '../../src/cli/program.ts';
import { idleRunners } from './idle-runners.ts';
import { runSessions } from '../../src/cli/run-sessions.ts';
import { freePort } from '../e2e/free-port.ts';
import { listening } from '../e2e/listening.ts';
import { type Program, forwarding, scripted, start, stopAll } from '../e2e/program.ts';
import { connect } from '../e2e/sdk-client.ts';

const folder = mkdtempSync(join(tmpdir(), 'sessions-'));
/** Of the processes that are started, too. */
process.env['XDG_RUNTIME_DIR'] = folder;
afterEach(stopAll);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the command line says, read by the parser and run in this process. */
async function sessions(...words: readonly string[]) {
  let [code, out, err] = [-1, '', ''];
  const program = commandLine({
    ...idleRunners,
    sessions: async (request) => {
      code = await runSessions(request, { write: (text) => (out += text) }, { write: (text) => (err += text) });
    },
  });
  await program.parseAsync(['sessions', ...words], { from: 'user' });
  return { code, out, err };
}

/** The processes that have left word of themselves. */
const left = (): readonly string[] => readdirSync(join(folder, 'ninelives')).filter((name) => /^\d/.test(name));

/** Where the page of a process is, as it says itself. */
const inspector = async (program: Program): Promise<URL> =>
  new URL(
    await program.until(
      () => program.err.flatMap((line) => /^ninelives inspector on (\S+)$/.exec(line)?.[1] ?? [])[0],
      'saying where its inspector is',
    ),
  );

describe('sessions', () => {
  test('that nobody has: exit code 4, and what to do', async () => {
    expect(await sessions('list')).toMatchObject({
      code: 4,
      out: '',
      err: expect.stringContaining('--inspect') as string,
    });
  });

  test('of two processes at once are listed, explained, tagged and closed', async () => {
    const stdio = start(forwarding(scripted(), ['--inspect', '127.0.0.1:0']));
    await stdio.initialize();
    stdio.call(7, 'delay', { ms: 60_000 });
    const http = await listening('http', scripted(), ['--inspect', '127.0.0.1:0']);
    await Promise.all([inspector(stdio), inspector(http.program)]);
    const client = await connect('v1', http.url, false);

    const list = await sessions('list');
    expect(list).toMatchObject({ code: 0, err: '' });
    expect(list.out).toContain(`forward stdio, in front of ${scripted().join(' ')}, process ${stdio.pid}`);
    expect(list.out).toContain(`forward http on ${http.url.href}, in front of ${process.execPath}`);
    expect(list.out).toMatch(/^ {2}ID +STATE +AGE +CLIENT/m);
    expect(list.out).toMatch(/^ {2}[\da-f]{8} +active\.serving +\d+ \w+ +sdk-client/m);
    expect(list.out).not.toContain('\u001b');

    const { processes } = JSON.parse((await sessions('list', '--json')).out) as {
      readonly processes: readonly {
        readonly process: { readonly pid: number };
        readonly sessions: readonly { readonly id: string }[];
      }[];
    };
    expect(processes.map((each) => [each.process.pid, each.sessions.length])).toEqual([
      [stdio.pid, 1],
      [http.program.pid, 1],
    ]);
    const [[waiting], [idle]] = processes.map((each) => each.sessions.map(({ id }) => id)) as [string[], string[]];
    expect(idle).toBe(client.sessionId());

    const explained = await sessions('explain', waiting!.slice(0, 8));
    expect(explained.out).toMatch(
      /^ {2}tools\/call 7, asked by the client .*: sent to the server, which has not answered/m,
    );
    const oneRequest = await sessions('explain', waiting!, '--request', '7');
    expect(oneRequest.out).toMatch(/^tools\/call 7, .*\nThe server said something last .*\n$/m);
    expect(await sessions('explain', waiting!, '--request', '8')).toMatchObject({ code: 4, out: '' });
    expect((await sessions('show', waiting!.slice(0, 8))).out).toMatch(/^ {2}state +active\.serving$/m);
    expect(JSON.parse((await sessions('show', waiting!, '--json')).out)).toMatchObject({
      id: waiting,
      pending: [{ id: 7 }],
    });
    expect(await sessions('tag', idle!, 'watched')).toMatchObject({ code: 0, out: `${idle}: watched\n` });
    expect(await sessions('tag', idle!, 'watched', '--remove')).toMatchObject({ code: 0, out: `${idle}: no tags\n` });

    const [found] = left().filter((name) => name.startsWith(String(stdio.pid)));
    expect(statSync(join(folder, 'ninelives', found!)).mode & 0o777).toBe(0o600);
    expect(await sessions('close', waiting!.slice(0, 8))).toMatchObject({ code: 0, out: `closed ${waiting}\n` });
    expect(await stdio.answer(7)).toMatchObject({ error: { code: expect.any(Number) as number } });
    expect(await stdio.exit).toMatchObject({ signal: null });
    expect(left()).toEqual([`${http.program.pid}.json`]);
    expect(await sessions('show', waiting!)).toMatchObject({ code: 4, out: '' });
    expect((await sessions('list', '--pid', String(stdio.pid))).code).toBe(4);

    http.program.signal('SIGKILL');
    await http.program.exit;
    expect((await sessions('list')).code).toBe(4);
    expect(left()).toEqual([]);
    await client.close().catch(() => {});
  });

  test('are found where a token is given, and a drain ends the process in order', async () => {
    const http = await listening('http', scripted(), ['--inspect', '127.0.0.1:0']);
    const page = await inspector(http.program);
    const file = join(folder, 'token');
    writeFileSync(file, page.hash.replace('#token=', ''));
    const list = await sessions('list', '--admin', page.origin, '--token-file', file);
    expect(list).toMatchObject({ code: 0, out: expect.stringContaining('no sessions') as string });
    const headers = { Authorization: `Bearer ${page.hash.replace('#token=', '')}` };
    expect((await fetch(new URL('/drain', page.origin), { method: 'POST', headers })).status).toBe(202);
    expect(await http.program.exit).toEqual({ code: 0, signal: null });
  });
});

test('a port that is taken stops nobody: whoever has it has the page of both', async () => {
  const port = String(await freePort());
  const one = start(forwarding(scripted(), ['--inspect', port]));
  const page = await inspector(one);
  expect(page.port).toBe(port);
  const other = start(forwarding(scripted(), ['--inspect', port]));
  expect((await inspector(other)).href).toBe(page.href);
  await other.initialize();
  expect((await sessions('list')).out).toContain(`process ${other.pid}`);
});
