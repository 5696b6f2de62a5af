/** What `ninelives forward stdio` says on which stream, and whose flags and environment are whose. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

import { type Program, forwarding, ninelives, scripted, start, stopAll, textOf } from './program.ts';

const directory = mkdtempSync(join(tmpdir(), 'forward-'));
afterAll(async () => {
  await stopAll();
  rmSync(directory, { recursive: true, force: true });
});

/** A short session, over when this resolves. */
async function session(flags: readonly string[], env?: Readonly<Record<string, string>>): Promise<Program> {
  const program = start(forwarding(scripted(), flags), env);
  await program.initialize();
  program.call(1, 'stderr', { text: 'the server says something\n' });
  await program.answer(1);
  program.endInput();
  await program.exit;
  return program;
}

const levels = (program: Program): readonly unknown[] => program.log().map(({ level }) => level);

describe.concurrent('what is said', () => {
  test('on stdout is the protocol, and on stderr one JSON object a line, and the lines of the server', async () => {
    const program = await session(['--log-level', 'trace']);
    expect(program.out.map((line) => JSON.parse(line).id)).toEqual(['init', 1]);
    const others = program.err.filter((line) => !line.startsWith('{'));
    expect(others).toEqual(['[server] the server says something']);
    expect(program.log()).toHaveLength(program.err.length - 1);
    expect(program.log().every(({ level, time, message }) => [level, time, message].every(isText))).toBe(true);
    expect(new Set(levels(program))).toEqual(new Set(['info', 'trace']));
  });

  test('tells the life of a session at the usual level', async () => {
    const program = await session([]);
    expect(program.log().map(({ message }) => message)).toEqual([
      'server started',
      'client closed its side',
      'session ended',
      'server exited',
    ]);
  });

  test('is as much as the environment asks for, and the flag knows better', async () => {
    const [quiet, loud] = await Promise.all([
      session([], { NINELIVES_LOG: 'error' }),
      session(['--log-level', 'trace'], { NINELIVES_LOG: 'error' }),
    ]);
    expect(levels(quiet)).toEqual([]);
    expect(levels(loud)).toContain('trace');
  });

  test('is nothing of ours when it shall be silent', async () => {
    expect((await session(['--log-level', 'silent'])).err).toEqual(['[server] the server says something']);
  });

  test('never holds up the session, although nobody reads it', async () => {
    const program = start(forwarding(scripted(), ['--log-level', 'trace']));
    await program.initialize();
    program.process.stderr!.pause();
    for (let id = 0; id < 40; id += 1) {
      program.call(id, 'stderr', { text: `${'x'.repeat(4000)}\n`.repeat(25) });
      await program.answer(id);
    }
    program.process.stderr!.resume();
    program.endInput();
    expect((await program.exit).code).toBe(0);
    expect(program.err.filter((line) => line.startsWith('[ninelives] '))).not.toEqual([]);
  });

  test('never holds up the session, although nobody can read it any more', async () => {
    const program = start(forwarding(scripted(), ['--log-level', 'trace']));
    await program.initialize();
    program.process.stderr!.destroy();
    for (let id = 0; id < 20; id += 1) {
      program.call(id, 'stderr', { text: 'into the void\n' });
      await program.answer(id);
    }
    program.endInput();
    expect((await program.exit).code).toBe(0);
  });
});

describe.concurrent('a flag', () => {
  test('behind the command of the server is the server\u2019s, with and without --', async () => {
    const server = [...scripted(), '--log-level', 'nonsense', '--name', 'own'];
    for (const command of [ninelives('forward', 'stdio', ...server), forwarding(server)]) {
      const program = start(command);
      expect((await program.initialize()).result?.['serverInfo']).toMatchObject({ name: 'own' });
    }
  });

  test('sets how many requests may wait', async () => {
    const program = start(forwarding(scripted(), ['--pending-max', '2']));
    await program.initialize();
    for (const id of [1, 2, 3]) program.call(id, 'never');
    expect((await program.answer(3)).error?.data).toMatchObject({ code: 'TOO_MANY_REQUESTS', current: 2, limit: 2 });
  });

  test('sets how large a message may be', async () => {
    const program = start(forwarding(scripted(), ['--frame-bytes-max', '2000']));
    await program.initialize();
    program.call(1, 'echo', { text: 'x'.repeat(2000) });
    expect((await program.answer(1)).error?.data).toMatchObject({ code: 'FRAME_TOO_LARGE', limitBytes: 2000 });
    program.call(2, 'big', { bytes: 3000 });
    expect((await program.answer(2)).error?.data).toMatchObject({ code: 'FRAME_TOO_LARGE', limitBytes: 2000 });
  });

  test('checks the session after every step', async () => {
    const program = await session(['--check-invariants']);
    expect((await program.exit).code).toBe(0);
    expect(levels(program)).not.toContain('error');
  });

  test('names a profile that is built in', async () => {
    const program = start(forwarding(scripted(), ['--profile', 'lenient']));
    await program.initialize();
    program.write('[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","id":2,"method":"ping"}]\n');
    expect([(await program.answer(1)).result, (await program.answer(2)).result]).toEqual([{}, {}]);
  });

  test('names a profile in a file', async () => {
    const file = join(directory, 'impatient.yaml');
    writeFileSync(file, 'name: impatient\nmethodTimes:\n  tools/call: { absoluteMs: 200 }\n');
    const program = start(forwarding(scripted(), ['--profile', file]));
    await program.initialize();
    program.call(1, 'never');
    expect((await program.answer(1)).error?.data).toMatchObject({ code: 'REQUEST_TIMEOUT', deadline: 'absolute' });
  });
});

test('the server has the environment of the command, and its arguments as they are', async () => {
  const program = start(forwarding(scripted('a b', '$HOME', '"quoted"')), { SHOW_ENV: 'GIVEN', GIVEN: 'value' });
  await program.initialize();
  program.call(1, 'info');
  const { args, env } = JSON.parse(textOf(await program.answer(1)));
  expect([args, env]).toEqual([['a b', '$HOME', '"quoted"'], { GIVEN: 'value' }]);
});

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
