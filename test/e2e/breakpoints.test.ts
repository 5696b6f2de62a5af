/** Breakpoints and faults by hand, of the built command in front of a real process: over the admin API, without a rule file. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { askAdmin } from '../../src/admin/client.ts';
import { type RunFile, readRunFiles } from '../../src/admin/run-files.ts';
import { type Program, forwarding, scripted, start, stopAll } from './program.ts';

const folder = mkdtempSync(join(tmpdir(), 'breakpoints-'));
afterAll(async () => {
  await stopAll();
  rmSync(folder, { recursive: true, force: true });
});

async function inspected(program: Program): Promise<RunFile> {
  await program.until(() => program.err.find((line) => line.startsWith('ninelives inspector on ')), 'an inspector');
  const files = readRunFiles(join(folder, 'ninelives'));
  const own = 'problem' in files ? undefined : files.find(({ pid }) => pid === program.pid);
  if (own === undefined) throw new Error('It left no word of where it is');
  return own;
}

test(
  'U5 a call is held, looked at, changed and let go; then its server is killed, and comes back',
  { timeout: 30_000 },
  async () => {
    const program = start(forwarding(scripted(), ['--inspect', '127.0.0.1:0']), { XDG_RUNTIME_DIR: folder });
    const place = await inspected(program);
    await program.initialize();
    expect(await askAdmin(place, 'POST', '/breakpoints', { body: { when: 'frame.name == "echo"' } })).toMatchObject({
      kind: 'answered',
      body: { id: 'b1', byDefault: 'resume' },
    });
    program.call(1, 'echo', { text: 'before' });
    program.call(2, 'delay', { ms: 60_000 });
    let [frame]: readonly { readonly message?: object }[] = [];
    while (frame === undefined) {
      const paused = await askAdmin(place, 'GET', '/pause/p1');
      if (paused.kind === 'answered') frame = paused.body as { readonly message: object };
    }
    const message = JSON.parse(JSON.stringify(frame.message).replace('before', 'after')) as object;
    expect(await askAdmin(place, 'POST', '/pause/p1/modify', { body: { message } })).toEqual({
      kind: 'answered',
      body: null,
    });
    expect(JSON.stringify(await program.answer(1))).toContain('after');
    const sessions = await askAdmin(place, 'GET', '/sessions');
    const { id } = (sessions as { readonly body: { readonly sessions: readonly [{ readonly id: string }] } }).body
      .sessions[0];
    expect(await askAdmin(place, 'POST', `/sessions/${id}/faults`, { body: { fault: 'kill-upstream' } })).toMatchObject(
      {
        kind: 'answered',
      },
    );
    expect((await program.answer(2)).error).toMatchObject({ data: { code: 'UPSTREAM_LOST' } });
    await askAdmin(place, 'DELETE', '/breakpoints/b1');
    program.call(3, 'echo', { text: 'again' });
    expect(JSON.stringify(await program.answer(3))).toContain('again');
    program.endInput();
    expect(await program.exit).toEqual({ code: 0, signal: null });
  },
);
