/** The built command leaves nothing behind that it had started, however its server behaves. */
import { afterEach, expect, test } from 'vitest';
import { fixture, forwarding, start, stopAll } from './program.ts';
import { survivors } from './survivors.ts';

afterEach(stopAll);

test('what a server leaves behind when it exits is gone when the command has ended', async () => {
  const launcher = [process.execPath, fixture('launcher-child.mjs'), 'leave', fixture('stubborn-child.mjs')];
  const program = start(forwarding(launcher, ['--restart', 'never']));
  const server = await program.server();
  const exit = await program.exit;
  expect(exit).toEqual({ code: 0, signal: null });
  expect(survivors(server)).toEqual([]);
});
