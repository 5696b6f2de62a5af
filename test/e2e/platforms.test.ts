/**
 * What must hold on every system, told without shells, signals and `ps`, which not all of them have: a conversation, the exit
 * codes, a command that is a script, and that nothing is left behind. The rest of test/e2e says more, and needs POSIX.
 */
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';

import { type Program, fixture, forwarding, scripted, start, stopAll, textOf } from './program.ts';

const timeout = 40_000;
afterAll(stopAll);

/** Whether a process runs. Where orphans stay zombies, as in a container, those do not. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

async function conversation(program: Program): Promise<void> {
  await program.initialize();
  program.call(1, 'echo', { text: 'as on every system \u{1F408}' });
  expect(textOf(await program.answer(1))).toBe('as on every system \u{1F408}');
}

test('a conversation ends well when the client closes its side', { timeout }, async () => {
  const program = start(forwarding(scripted()));
  await conversation(program);
  const server = await program.server();
  program.endInput();
  expect((await program.exit).code).toBe(0);
  expect(isRunning(server)).toBe(false);
});

test('the exit code of a server is ours', { timeout }, async () => {
  const program = start(forwarding(scripted(), ['--restart', 'never']));
  await program.initialize();
  program.call(1, 'die', { code: 9 });
  expect((await program.answer(1)).error?.data).toMatchObject({ code: 'UPSTREAM_LOST', exitCode: 9 });
  expect((await program.exit).code).toBe(9);
});

test('a command that is not there is said to be not there', { timeout }, async () => {
  const program = start(forwarding(['no-such-command-anywhere']));
  expect((await program.exit).code).toBe(127);
  expect(await program.logged('the server could not be started')).toMatchObject({ reason: 'not-found' });
});

test('a command that is a script in PATH, as npx is, is started with its arguments', { timeout }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'platforms-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [node, server] = scripted();
  if (process.platform === 'win32') writeFileSync(join(folder, 'shim.cmd'), `@"${node}" "${server}" %*\r\n`);
  else writeFileSync(join(folder, 'shim'), `#!/bin/sh\nexec "${node}" "${server}" "$@"\n`, { mode: 0o755 });
  const path = `${folder}${delimiter}${process.env['PATH']}`;
  const words = ['two words', '50%', 'a&b', '"quoted"', ''];
  const program = start(forwarding(['shim', ...words]), { PATH: path });
  await conversation(program);
  program.call(2, 'info');
  expect(JSON.parse(textOf(await program.answer(2)))).toMatchObject({ args: words });
  program.endInput();
  expect((await program.exit).code).toBe(0);
});

test('a server that ignores everything is gone in the end, and what had started it, too', { timeout }, async () => {
  const [, server, ...options] = scripted('--stubborn');
  const launched = [process.execPath, fixture('launcher-child.mjs'), 'wait', server!, ...options];
  const program = start(forwarding(launched));
  await conversation(program);
  const started = await program.until(() => /started (\d+)/.exec(program.err.join('\n'))?.[1]);
  const pids = [await program.server(), Number(started)];
  expect(pids.map(isRunning)).toEqual([true, true]);
  program.endInput();
  expect((await program.exit).code).toBe(0);
  await expect.poll(() => pids.map(isRunning), { timeout: 10_000 }).toEqual([false, false]);
});

test('a server hears of it when we are killed', { timeout }, async () => {
  const program = start(forwarding(scripted()));
  await conversation(program);
  const server = await program.server();
  program.process.kill('SIGKILL');
  await once(program.process, 'exit');
  await expect.poll(() => isRunning(server), { timeout: 10_000 }).toBe(false);
});
