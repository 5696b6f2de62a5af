/** `ninelives pause` against a process that runs, of the built command. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { stopAll, textOf } from '../e2e/program.ts';
import { inspected, says } from './held-messages.ts';

const folder = mkdtempSync(join(tmpdir(), 'pause-'));
/** Of the processes that are started, too. */
process.env['XDG_RUNTIME_DIR'] = folder;
afterEach(stopAll);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Resolves when so many messages are held. */
async function held(count: number): Promise<string> {
  for (;;) {
    const { out } = await says('pause', 'list', '--json');
    const { processes } = JSON.parse(out) as { readonly processes: readonly { readonly frames: readonly unknown[] }[] };
    if (processes[0]?.frames.length === count) return (await says('pause', 'list')).out;
  }
}

describe('messages', () => {
  test('that nobody can hold: exit code 4, and what to do', async () => {
    const nothing = { code: 4, out: '', err: expect.stringContaining('--inspect') as string };
    expect(await says('pause', 'list')).toEqual(nothing);
  });

  test('are held, looked at, let go, changed and refused from the command line', { timeout: 30_000 }, async () => {
    const program = await inspected();
    expect(await says('breakpoints', 'list')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/no breakpoints\n$/) as string,
    });
    const added = await says('breakpoints', 'add', 'tools/call', '--scope', 'exchange', '--timeout-ms', '600000');
    expect(added).toEqual({ code: 0, out: `set b1 in process ${program.pid}\n`, err: '' });

    for (const id of [1, 2, 3]) program.call(id, 'echo', { text: `call ${id}` });
    const list = await held(3);
    expect(list).toMatch(
      /^forward stdio, in front of .*, process \d+\n {2}ID +SESSION +DIRECTION +KIND +METHOD +BYTES +HELD BY/,
    );
    expect(list).toMatch(
      /^ {2}p2 +[\da-f]{8} +client-to-server +request +tools\/call +\d+ +breakpoint b1 +resume in \d+ s$/m,
    );
    expect((await says('breakpoints', 'list')).out).toMatch(/^ {2}b1 +3 +tools\/call +resume after 600 seconds$/m);

    expect((await says('pause', 'show', 'p1')).out).toMatch(/^ {2}rule +breakpoint b1$/m);
    const message = JSON.parse((await says('pause', 'show', 'p2', '--json')).out) as { readonly params: object };
    expect(message).toMatchObject({ id: 2, method: 'tools/call' });
    const file = join(folder, 'message.json');
    writeFileSync(file, JSON.stringify({ ...message, params: { name: 'echo', arguments: { text: 'another' } } }));

    expect(await says('pause', 'resume', 'p1')).toEqual({ code: 0, out: 'resumed p1\n', err: '' });
    expect(textOf(await program.answer(1))).toBe('call 1');
    expect((await says('pause', 'modify', 'p2', file)).out).toBe('modified p2\n');
    expect(textOf(await program.answer(2))).toBe('another');
    expect((await says('pause', 'block', 'p3', '--message', 'not today', '--code', '7', '--json')).out).toContain(
      '"blocked": true',
    );
    expect(await program.answer(3)).toMatchObject({ error: { code: 7, message: 'not today' } });

    expect(await says('pause', 'resume', 'p1')).toMatchObject({
      code: 4,
      err: "ninelives: there is no held message 'p1'\n",
    });
    expect(await says('breakpoints', 'remove', 'b1')).toMatchObject({
      code: 0,
      out: `removed b1 of process ${program.pid}\n`,
    });
    expect(await says('breakpoints', 'remove', 'b1')).toMatchObject({ code: 4, out: '' });
    program.call(4, 'echo', { text: 'free' });
    expect(textOf(await program.answer(4))).toBe('free');
  });

  test('are not changed into what is no message', { timeout: 30_000 }, async () => {
    await inspected();
    expect(await says('breakpoints', 'add', '--session', 'zzz')).toMatchObject({ code: 4, out: '' });
    expect(await says('breakpoints', 'add', '--when', 'frame.nothing ==')).toMatchObject({ code: 1, out: '' });
    const no = join(folder, 'no.json');
    writeFileSync(no, '[1]');
    expect(await says('pause', 'modify', 'p1', no)).toEqual({
      code: 2,
      out: '',
      err: `ninelives: ${no}: a message is a JSON object\n`,
    });
    expect(await says('pause', 'modify', 'p1', join(folder, 'none.json'))).toMatchObject({ code: 2, out: '' });
  });
});
