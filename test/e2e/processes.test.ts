/**
 * The lives of three processes: a client, `ninelives forward stdio`, and the server that it starts. Whoever ends first, and
 * at whatever moment, the others learn of it, nothing waits for ever, and nothing is left behind. The tests run at once, as
 * most of them wait for the rungs of the stop ladder.
 */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

import { type Program, fixture, forwarding, scripted, start, stopAll, textOf } from './program.ts';
import { connect } from './sdk-client.ts';
import { lasting, running } from './survivors.ts';

const timeout = 40_000;
const workspace = mkdtempSync(join(tmpdir(), 'processes-'));
afterAll(async () => {
  await stopAll();
  rmSync(workspace, { recursive: true, force: true });
});

let markers = 0;

/** A word that stands in the command lines of one test's processes and nowhere else. */
const newMarker = (): string => `marker-${process.pid}-${(markers += 1)}-`;

const stubborn = (...options: readonly string[]): readonly string[] => scripted('--stubborn', ...options);

/** The stubborn server as npx would start it: behind a process that only waits for it, or that leaves it alone. */
const launched = (manner: 'wait' | 'leave', ...options: readonly string[]): readonly string[] => [
  process.execPath,
  fixture('launcher-child.mjs'),
  manner,
  ...stubborn(...options).slice(1),
];

/** A session in front of the scripted server, past its handshake. */
async function open(flags: readonly string[] = [], options: readonly string[] = []): Promise<Program> {
  const program = start(forwarding(scripted(...options), flags));
  await program.initialize();
  return program;
}

describe.concurrent('a client that is killed', () => {
  const servers = {
    'a server': scripted,
    'a server that ignores everything': stubborn,
    'such a server behind a launcher': (...options: readonly string[]) => launched('wait', ...options),
  };
  test.each(Object.entries(servers))('P1 takes with it %s', { timeout }, async (_name, server) => {
    const marker = newMarker();
    const client = start([process.execPath, fixture('busy-client.mjs'), ...forwarding(server('--name', marker))]);
    const answers = Math.floor(Math.random() * 200);
    await client.until(() => client.out.find((line) => line === `answered ${answers}`));
    client.signal('SIGKILL');
    expect(await lasting(marker)).toEqual([]);
  });
});

test.concurrent.each(['v1', 'v2 legacy'] as const)(
  'P1 a client %s that closes takes with it a server that ignores everything, before it kills us',
  { timeout },
  async (kind) => {
    const marker = newMarker();
    const client = await connect(kind, forwarding(stubborn('--name', marker)), false);
    await client.close();
    expect(await lasting(marker)).toEqual([]);
  },
);

describe.concurrent('a proxy that is told to stop', () => {
  /** What the client does before the signal, and what is waited for. */
  const moments: Readonly<Record<string, (program: Program) => Promise<unknown>>> = {
    'when its server has just been started': async (program) => program.server(),
    'while the server takes its time to answer initialize': async (program) => {
      program.send({ id: 1, method: 'initialize', params: {} });
      await program.server();
    },
    'when nothing happens': async (program) => program.initialize(),
    'while a call is in flight': async (program) => {
      await program.initialize();
      program.call(1, 'never');
      await program.ask(2, 'ping');
    },
    'in the middle of an answer that nobody reads': async (program) => {
      await program.initialize();
      program.process.stdout!.pause();
      program.call(1, 'big', { bytes: 5_000_000 });
      program.call(2, 'stderr', { text: 'read so far\n' });
      await program.until(() => program.err.find((line) => line.includes('read so far')));
    },
    'between the end of a server and the start of the next': async (program) => {
      await program.initialize();
      program.call(1, 'die');
      await program.logged('server exited');
    },
  };
  test.each(Object.entries(moments))('P1 leaves nothing behind %s', { timeout }, async (name, moment) => {
    const marker = newMarker();
    const options = name.includes('takes its time') ? ['--silent-start'] : [];
    const program = start(forwarding(stubborn('--name', marker, ...options), ['--drain-ms', '300']));
    await moment(program);
    program.signal(Math.random() < 0.5 ? 'SIGTERM' : 'SIGINT');
    expect(await program.exit).toEqual({ code: 0, signal: null });
    expect(running(marker)).toEqual([]);
  });

  test('P1 leaves nothing behind at any moment of its start', { timeout }, async () => {
    const marker = newMarker();
    for (let round = 0; round < 8; round += 1) {
      const program = start(forwarding(scripted('--name', marker)));
      const delayMs = Math.random() * 400;
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      program.signal('SIGTERM');
      const { code, signal } = await program.exit;
      // Before our own code runs the signal ends Node.js itself, and there is nothing to be left behind.
      expect(signal === 'SIGTERM' || code === 0, `after ${delayMs} ms`).toBe(true);
      expect(running(marker), `after ${delayMs} ms`).toEqual([]);
    }
  });

  test.each(['wait', 'leave'] as const)(
    'P1 ends what its server started: launcher that will %s',
    { timeout },
    async (manner) => {
      const marker = newMarker();
      const program = start(forwarding(launched(manner, '--name', marker), ['--restart', 'never']));
      await program.until(() => program.err.find((line) => line.includes('started')));
      await program.server();
      program.signal('SIGTERM');
      expect((await program.exit).code).toBe(0);
      expect(running(marker)).toEqual([]);
    },
  );

  test('twice kills at once', { timeout }, async () => {
    const marker = newMarker();
    const program = start(forwarding(launched('wait', '--name', marker)));
    await program.initialize();
    program.call(1, 'never');
    await program.ask(2, 'ping');
    program.signal('SIGTERM');
    program.call(3, 'echo');
    await program.answer(3);
    program.signal('SIGINT');
    expect(await program.exit).toEqual({ code: 130, signal: null });
    expect(await lasting(marker)).toEqual([]);
  });

  test('after its client has left wastes no time, since that client is about to kill it', { timeout }, async () => {
    const marker = newMarker();
    const program = start(forwarding(stubborn('--name', marker)));
    await program.initialize();
    program.call(1, 'never');
    await program.ask(2, 'ping');
    program.endInput();
    await program.logged('client closed its side');
    const toldAt = performance.now();
    program.signal('SIGTERM');
    expect((await program.exit).code).toBe(0);
    expect(performance.now() - toldAt).toBeLessThan(2000);
    expect(running(marker)).toEqual([]);
  });
});

test.concurrent('P1 what a server leaves behind is gone when we are', { timeout }, async () => {
  const marker = newMarker();
  const program = start(forwarding(launched('leave', '--name', marker), ['--restart', 'never']));
  expect(await program.exit).toEqual({ code: 0, signal: null });
  expect(running(marker)).toEqual([]);
});

test.concurrent('P1 a server that ignores everything is killed when the proxy crashes', { timeout }, async () => {
  const marker = newMarker();
  const crash = encodeURIComponent("setTimeout(() => { throw new Error('a defect'); }, 1000)");
  const server = ['sh', '-c', `trap "" TERM; : ${marker}; while :; do sleep 1; done`];
  const program = start(forwarding(server), { NODE_OPTIONS: `--import=data:text/javascript,${crash}` });
  await program.server();
  expect((await program.exit).code).toBe(1);
  expect(program.transcript()).toContain('a defect');
  expect(await lasting(marker)).toEqual([]);
});

test.concurrent('P1 a server ends by the end of its input when the proxy is killed', { timeout }, async () => {
  const marker = newMarker();
  const program = await open([], ['--name', marker]);
  program.call(1, 'never');
  await program.ask(2, 'ping');
  program.signal('SIGKILL');
  expect(await lasting(marker)).toEqual([]);
});

describe.concurrent('a server that dies in the middle of calls', () => {
  test('P5 settles all of them at once, with its exit code and last words', async () => {
    const program = await open(['--restart', 'never']);
    for (const id of [1, 2, 'three']) program.call(id, 'never');
    program.call(4, 'stderr', { text: 'out of memory\nat line 7\n' });
    await program.answer(4);
    program.call(5, 'die', { code: 9 });
    for (const id of [1, 2, 'three', 5]) {
      expect((await program.answer(id)).error).toEqual({
        code: 5020,
        message: 'The server went away before it answered',
        data: {
          code: 'UPSTREAM_LOST',
          reason: 'exited',
          exitCode: 9,
          signal: null,
          lastStderr: ['out of memory', 'at line 7'],
        },
      });
    }
    expect(await program.exit).toEqual({ code: 9, signal: null });
  });

  test('P5 by a signal says which, and so does the exit code', async () => {
    const program = await open(['--restart', 'never']);
    program.call(1, 'die', { signal: 'SIGKILL' });
    expect((await program.answer(1)).error?.data).toMatchObject({ exitCode: null, signal: 'SIGKILL' });
    expect(await program.exit).toEqual({ code: 137, signal: null });
  });

  test('P5 also when it has only closed its output and lives on', { timeout }, async () => {
    const marker = newMarker();
    const program = await open(['--restart', 'never'], ['--stubborn', '--name', marker]);
    program.call(1, 'never');
    program.call(2, 'mute');
    const askedAt = performance.now();
    expect((await program.answer(1)).error?.data).toMatchObject({ code: 'UPSTREAM_LOST', reason: 'closed' });
    expect(performance.now() - askedAt).toBeLessThan(2000);
    await program.exit;
    expect(running(marker)).toEqual([]);
  });

  test('P3 P8 is started again: the handshake is repeated and the same client goes on', async () => {
    const program = await open();
    await program.ask(1, 'logging/setLevel', { level: 'debug' });
    await program.ask(2, 'resources/subscribe', { uri: 'test://a' });
    const [first] = [await program.server()];
    program.call(3, 'die');
    expect((await program.answer(3)).error?.data).toMatchObject({ code: 'UPSTREAM_LOST', exitCode: 1 });
    program.call(4, 'info');
    expect(JSON.parse(textOf(await program.answer(4))).pid).not.toBe(first);
    program.call(5, 'seen');
    const seen = JSON.parse(textOf(await program.answer(5))) as { notifications: unknown; order: readonly string[] };
    expect(seen.notifications).toEqual([{ method: 'notifications/initialized' }]);
    expect(seen.order.map((line) => line.split(' ')[0])).toEqual([
      'initialize',
      'notifications/initialized',
      'logging/setLevel',
      'resources/subscribe',
      'tools/call',
      'tools/call',
    ]);
    expect(program.messages().map(({ id }) => id)).toEqual(['init', 1, 2, 3, 4, 5]);
  });

  test('P8 too often is given up, with the last one\u2019s exit code', { timeout }, async () => {
    const program = await open();
    for (const id of [1, 2, 3, 4]) {
      program.call(id, 'die', { code: 10 + id });
      const { error } = await program.answer(id);
      expect(error?.data).toMatchObject({ code: 'UPSTREAM_LOST', exitCode: 10 + id });
    }
    expect(await program.exit).toEqual({ code: 14, signal: null });
    await expect(program.server(5)).rejects.toThrow('ended without server 5');
  });

  test('P8 is not started again when that is not wanted', async () => {
    const program = await open(['--restart', 'never']);
    program.call(1, 'die', { code: 5 });
    await program.answer(1);
    expect(await program.exit).toEqual({ code: 5, signal: null });
    await expect(program.server(2)).rejects.toThrow('ended without server 2');
  });
});

describe.concurrent('a server that cannot be started', () => {
  test('because there is no such command ends the proxy with 127', async () => {
    const program = start(forwarding(['no-such-command-anywhere', '--flag']));
    expect(await program.exit).toEqual({ code: 127, signal: null });
    expect(await program.logged('the server could not be started')).toMatchObject({
      level: 'error',
      command: 'no-such-command-anywhere',
      reason: 'not-found',
    });
  });

  test('because the file is no program ends the proxy with 126', async () => {
    const file = join(workspace, 'plain.txt');
    writeFileSync(file, 'no program', { mode: 0o644 });
    const program = start(forwarding([file]));
    expect(await program.exit).toEqual({ code: 126, signal: null });
    expect(await program.logged('the server could not be started')).toMatchObject({ reason: 'not-executable' });
  });
});

describe.concurrent('a client that leaves', () => {
  test('gets the answers to what it asked before it closed its input, then the exit code of the server', async () => {
    const program = start(forwarding(['sh', '-c', `'${scripted().join("' '")}'; exit 21`]));
    const clientInfo = { name: 'shell', version: '1' };
    program.send(
      { id: 1, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo } },
      { method: 'notifications/initialized' },
      { id: 2, method: 'tools/call', params: { name: 'echo', arguments: { text: 'last' } } },
      { id: 3, method: 'ping' },
    );
    program.endInput();
    expect(await program.exit).toEqual({ code: 21, signal: null });
    expect(program.messages().map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(textOf(program.messages()[1]!)).toBe('last');
  });

  test('while the server still works on a call gets that answer too', async () => {
    const program = start(forwarding(scripted('--finishes')));
    await program.initialize();
    program.call(1, 'delay', { ms: 300, text: 'late' });
    program.endInput();
    expect(await program.exit).toEqual({ code: 0, signal: null });
    expect(textOf(await program.answer(1))).toBe('late');
  });

  test('and reads on slowly finds all of its answers, however long it takes', { timeout }, async () => {
    const program = await open();
    program.process.stdout!.pause();
    program.call(1, 'big', { bytes: 5_000_000 });
    program.endInput();
    await program.logged('server exited');
    program.process.stdout!.resume();
    expect(await program.exit).toEqual({ code: 0, signal: null });
    expect(textOf(await program.answer(1))).toHaveLength(5_000_000);
  });

  test('by closing only what it reads from is gone, and so is the server', { timeout }, async () => {
    const marker = newMarker();
    const program = await open([], ['--name', marker]);
    program.process.stdout!.destroy();
    await once(program.process.stdout!, 'close');
    program.call(1, 'echo');
    expect(await program.exit).toEqual({ code: 0, signal: null });
    expect(running(marker)).toEqual([]);
  });
});

describe.concurrent('a deployment', () => {
  test('P17 refuses what is new, finishes what is in flight, and ends well', async () => {
    const program = await open();
    for (const id of [1, 2, 3]) program.call(id, 'delay', { ms: 500, text: `slow ${id}` });
    await program.ask('read', 'ping');
    program.signal('SIGTERM');
    await program.logged('draining');
    program.call(4, 'echo');
    expect((await program.answer(4)).error).toMatchObject({ code: 5031, data: { code: 'DRAINING' } });
    for (const id of [1, 2, 3]) expect(textOf(await program.answer(id))).toBe(`slow ${id}`);
    expect(await program.exit).toEqual({ code: 0, signal: null });
  });

  test('P17 settles with an error what is not done at the deadline, and ends well', async () => {
    const program = await open(['--drain-ms', '300']);
    program.call(1, 'never');
    await program.ask('read', 'ping');
    program.signal('SIGTERM');
    expect((await program.answer(1)).error).toMatchObject({
      code: 5040,
      data: { code: 'REQUEST_TIMEOUT', deadline: 'drain-deadline' },
    });
    expect(await program.exit).toEqual({ code: 0, signal: null });
  });
});
