import { EventEmitter, once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';

import type { Clock } from '../../src/ports.ts';
import { systemClock } from '../../src/runtime/system-clock.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { spawnServer } from '../../src/transports/child-process.ts';
import { lasting, running } from '../e2e/survivors.ts';
import { standInDocker } from './stand-in-docker.ts';

const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}.mjs`, import.meta.url));

let markers = 0;

type Engine = ReturnType<typeof standInDocker>;

interface Start {
  readonly clock?: Clock;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a program of test/fixtures in a container, as a server with a marker in its command line. */
function startIn({ program, env }: Engine, options: readonly string[], name: string, more: Start = {}) {
  const marker = `container-${process.pid}-${(markers += 1)}-`;
  const told: string[] = [];
  const changes = new EventEmitter();
  const tell = (line: string): void => {
    told.push(line);
    changes.emit('change');
  };
  const ignored = (): void => {};
  const server = spawnServer({
    command: program,
    args: [...options, 'image', fixture(name), marker],
    env: { ...env, ...more.env },
    clock: more.clock ?? systemClock(),
    lineBytesMax: 1000,
    ladder: { eofMs: 100, termMs: 100 },
    onReady: ignored,
    onMessage: (line) => tell(Buffer.from(line).toString()),
    onOversize: ignored,
    onPartial: ignored,
    onDrained: ignored,
    onWriteFailed: ignored,
    onStderr: tell,
    onExit: ({ code, signal }) => tell(`exit ${code ?? signal}`),
  });
  onTestFinished(async () => {
    server.kill();
    await server.stop();
  });
  const heard = async (line: string): Promise<void> => {
    while (!told.includes(line)) await once(changes, 'change');
  };
  return { server, told, heard, marker };
}

/** Lets time pass until it is over. */
async function passing(clock: VirtualClock, over: Promise<void>): Promise<void> {
  let isOver = false;
  void over.then(() => (isOver = true));
  const pass = (): boolean => {
    clock.advance(100);
    return isOver;
  };
  await expect.poll(pass, { interval: 10, timeout: 10_000 }).toBe(true);
}

const run = ['run', '-i', '--rm'];

describe('a container', () => {
  test('that ends with its input is not killed, and its client neither', async () => {
    const engine = standInDocker();
    const { server, told, heard } = startIn(engine, run, 'scripted-server');
    server.closeInput();
    await heard('exit 0');
    await server.stop();
    server.kill();
    expect([told, engine.kills(), engine.containers()]).toEqual([['exit 0'], [], []]);
  });

  test('that ignores everything is killed with its client at the last rung', async () => {
    const engine = standInDocker();
    const clock = new VirtualClock();
    const { server, told, heard, marker } = startIn(engine, run, 'stubborn-child', { clock });
    await heard('ready');
    const [name] = engine.containers();
    expect(name).toMatch(/^ninelives-[\da-f-]{36}$/);
    const stopped = server.stop();
    await heard('eof');
    clock.advance(100);
    await heard('SIGTERM');
    await passing(clock, stopped);
    expect(told).toEqual(['ready', 'eof', 'SIGTERM', 'exit SIGKILL']);
    expect([running(marker), engine.kills()]).toEqual([[], [name]]);
  });

  test('is killed by kill, and once', async () => {
    const engine = standInDocker();
    const { server, heard, marker } = startIn(engine, ['--context', 'far', 'container', ...run], 'stubborn-child');
    await heard('ready');
    server.kill();
    server.kill();
    await heard('exit SIGKILL');
    await server.stop();
    expect([running(marker), engine.kills().length]).toEqual([[], 1]);
  });

  test.each([
    ['a new name', run],
    ['a name of its own', [...run, '--name', 'mine']],
  ])('with %s is killed when something else has killed its client', async (_what, options) => {
    const engine = standInDocker();
    const { server, heard, marker } = startIn(engine, options, 'stubborn-child');
    await heard('ready');
    process.kill(server.pid!, 'SIGKILL');
    await heard('exit SIGKILL');
    await server.stop();
    expect(await lasting(marker)).toEqual([]);
  });

  test('of somebody else is left alone when it has the name already', async () => {
    const engine = standInDocker();
    const first = startIn(engine, [...run, '--name', 'mine'], 'stubborn-child');
    await first.heard('ready');
    const second = startIn(engine, [...run, '--name', 'mine'], 'stubborn-child');
    await second.heard('exit 125');
    await second.server.stop();
    second.server.kill();
    expect([engine.kills(), running(first.marker).length]).toEqual([[], 2]);
  });

  test('is looked for when its client fails, since that may have left it', async () => {
    const engine = standInDocker();
    const { server, heard } = startIn(engine, run, 'no-such-fixture');
    await heard('exit 1');
    await server.stop();
    expect(engine.kills()).toHaveLength(1);
  });

  test('is not waited for when its engine does not answer', async () => {
    const engine = standInDocker();
    const clock = new VirtualClock();
    const { server, heard, marker } = startIn(engine, run, 'stubborn-child', {
      clock,
      env: { STAND_IN_KILL: 'hangs' },
    });
    await heard('ready');
    server.kill();
    await heard('exit SIGKILL');
    await expect.poll(engine.kills).toHaveLength(1);

    await passing(clock, server.stop());
    expect(running(`kill ${engine.containers()[0]}`)).toEqual([]);
    expect(running(marker)).toHaveLength(1);
  });
});
