/**
 * A server in a container is gone when we are. The engine is a stand-in (test/fixtures/docker-stand-in.mjs): what is shown is
 * what we ask of an engine and when, not what a real one does.
 */
import { afterAll, describe, expect, test } from 'vitest';

import { standInDocker } from '../transports/stand-in-docker.ts';
import { type Program, fixture, forwarding, start, stopAll } from './program.ts';
import { lasting, running } from './survivors.ts';

const timeout = 40_000;
afterAll(stopAll);

let markers = 0;

describe('P1 a server in a container is gone when we', () => {
  const ends: Readonly<Record<string, (program: Program) => unknown>> = {
    'are told to stop': (program) => program.signal('SIGTERM'),
    'are told so twice, and end at once': async (program) => {
      program.call(1, 'never');
      await program.ask(2, 'ping');
      program.signal('SIGTERM');
      program.call(3, 'echo');
      await program.answer(3);
      program.signal('SIGTERM');
    },
  };
  test.each(Object.entries(ends))('%s', { timeout }, async (_when, end) => {
    const { env } = standInDocker();
    const marker = `contained-${process.pid}-${(markers += 1)}-`;
    // It ignores every attempt to end it.
    const server = [fixture('scripted-server.mjs'), '--stubborn', '--name', marker];
    const program = start(forwarding(['docker', 'run', '-i', '--rm', 'image', ...server]), env);
    await program.initialize();
    expect(running(marker)).not.toEqual([]);
    await end(program);
    await program.exit;
    expect(await lasting(marker)).toEqual([]);
  });
});
