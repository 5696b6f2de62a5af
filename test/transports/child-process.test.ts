import { spawn, spawnSync } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, test } from 'vitest';

import { systemClock } from '../../src/runtime/system-clock.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import {
  type ServerExit,
  type ServerProcess,
  type SpawnServerOptions,
  spawnServer,
} from '../../src/transports/child-process.ts';
import { sending } from '../session/fixtures.ts';

const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}.mjs`, import.meta.url));
const shell = (script: string) => ['sh', '-c', script];
const node = (name: string, ...args: string[]) => [process.execPath, fixture(name), ...args];

/** The processes of a group that still run, as `ps` sees them. */
function survivors(group: number): readonly string[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pgid=,pid=,stat=,args='], { encoding: 'utf8' });
  return stdout.split('\n').filter((line) => {
    const [pgid, , stat] = line.trim().split(/\s+/);
    return Number(pgid) === group && stat?.startsWith('Z') === false;
  });
}

const servers: ServerProcess[] = [];
afterEach(async () => {
  for (const server of servers) server.kill();
  await Promise.all(servers.splice(0).map(async (server) => server.stop()));
});

/** Starts a command as a server and writes down, in order, all that is told of it. */
function start([command = '', ...args]: readonly string[], options: Partial<SpawnServerOptions> = {}) {
  const told: string[] = [];
  const exits: ServerExit[] = [];
  const changes = new EventEmitter();
  const tell = (line: string): void => {
    told.push(line);
    changes.emit('change');
  };
  const server = spawnServer({
    command,
    args,
    clock: systemClock(),
    lineBytesMax: 100_000,
    ladder: { eofMs: 100, termMs: 100 },
    onReady: (pid) => tell(`ready ${pid === server.pid}`),
    onMessage: (line) => tell(Buffer.from(line).toString()),
    onOversize: ({ totalBytes }) => tell(`oversize ${totalBytes}`),
    onPartial: (rest) => tell(`partial ${Buffer.from(rest).toString()}`),
    onDrained: () => tell('drained'),
    onWriteFailed: (messages) => tell(`not written: ${messages}`),
    onStderr: (line) => tell(`stderr ${line}`),
    onExit: (exit) => {
      exits.push(exit);
      tell(`exit ${exit.code ?? exit.signal}`);
    },
    ...options,
  });
  servers.push(server);
  const heard = async (line: string): Promise<void> => {
    while (!told.includes(line)) await once(changes, 'change');
  };
  const exited = async (): Promise<ServerExit> => {
    while (exits.length === 0) await once(changes, 'change');
    return exits[0]!;
  };
  const write = (text: string): boolean => server.write([Buffer.from(text)], sending());
  return { server, told, exits, heard, exited, write, group: server.pid! };
}

describe('a running server', () => {
  test('takes messages, answers, and ends when its input does', async () => {
    const { server, told, heard, exited, write } = start(['cat']);
    await heard('ready true');
    write('{"id":1}');
    write('{"id":2}');
    await heard('{"id":2}');
    server.closeInput();
    expect(await exited()).toEqual({ code: 0, signal: null, lastStderr: [] });
    expect(told).toEqual(['ready true', '{"id":1}', '{"id":2}', 'exit 0']);
  });

  test('inherits the environment, gets what was added, and starts where it is told', async () => {
    const { exited, told } = start(shell('echo "$PATH"; echo "$EXTRA"; pwd'), { cwd: '/', env: { EXTRA: 'added' } });
    await exited();
    expect(told).toEqual(['ready true', process.env['PATH'], 'added', '/', 'exit 0']);
  });

  test('is read no further while it is paused', async () => {
    const { server, told, heard, write } = start(['cat']);
    await heard('ready true');
    server.pause(true);
    write('{}');
    const other = start(['cat']);
    other.write('{}');
    await other.heard('{}');
    expect(told).toEqual(['ready true']);
    server.pause(false);
    await heard('{}');
  });

  test('that does not read is told to be slow, and caught up with', async () => {
    const { server, told, heard, exited, write } = start(node('deaf-child'));
    await heard('ready');
    const message = 'x'.repeat(9999);
    let messages = 1;
    while (write(message)) {
      messages += 1;
      if (messages % 5 === 0) await new Promise(setImmediate);
    }
    process.kill(server.pid!, 'SIGUSR1');
    await heard('drained');
    server.closeInput();
    await exited();
    expect(told.slice(-2)).toEqual([`read ${messages * 10_000}`, 'exit 0']);
  });
});

describe('the end of a server', () => {
  test('is told after the last line that it wrote', async () => {
    const { told, exited } = start(shell('seq 1 20000; exit 3'));
    expect(await exited()).toMatchObject({ code: 3, signal: null });
    expect(told.filter((line) => line !== 'ready true')).toHaveLength(20_001);
    expect(told.slice(-2)).toEqual(['20000', 'exit 3']);
  });

  test('does not wait for a reader that has paused it', async () => {
    const { server, told, exited } = start(shell('seq 1 200; exit 3'));
    server.pause(true);
    await exited();
    expect(told.slice(-2)).toEqual(['200', 'exit 3']);
  });

  test('in the middle of a line is told with what there is of it', async () => {
    const { told, exited } = start(shell('echo whole; printf half; exit 4'));
    await exited();
    expect(told).toEqual(['ready true', 'whole', 'partial half', 'exit 4']);
  });

  test('comes with the last lines of stderr, however much was written there', async () => {
    const { told, exited } = start(shell('seq 1 50000 >&2; printf "last words" >&2; exit 5'));
    const { lastStderr } = await exited();
    expect(lastStderr).toEqual([...Array.from({ length: 19 }, (_, index) => String(49_982 + index)), 'last words']);
    expect(told).toHaveLength(50_003);
  });

  test('by a signal is told as such', async () => {
    const { server, heard, exited } = start(['cat']);
    await heard('ready true');
    process.kill(server.pid!, 'SIGKILL');
    expect(await exited()).toEqual({ code: null, signal: 'SIGKILL', lastStderr: [] });
  });

  test('is told although something it left behind holds its stdout, which is then swept away', async () => {
    const { exited, told, group } = start(node('launcher-child', 'leave', fixture('stubborn-child')));
    expect(await exited()).toMatchObject({ code: 0, signal: null });
    expect(told.at(-1)).toBe('exit 0');
    await expect.poll(() => survivors(group), { timeout: 10_000 }).toEqual([]);
  });

  test('is not put off by something it left behind that goes on writing', async () => {
    const clock = new VirtualClock();
    const { server, exited, told, group } = start(shell('yes & exit 6'), { clock });
    expect(await exited()).toMatchObject({ code: 6 });
    expect(told.at(-1)).toBe('exit 6');

    let isSwept = false;
    void server.stop().then(() => (isSwept = true));
    const sweep = (): boolean => {
      clock.advance(100);
      return isSwept;
    };
    await expect.poll(sweep).toBe(true);
    expect(survivors(group)).toEqual([]);
  });

  test('follows when it closes its stdout and lives on', async () => {
    const { told, exited } = start(node('mute-child'), { ladder: { eofMs: 10_000, termMs: 100 } });
    expect(await exited()).toMatchObject({ code: 7 });
    expect(told).toEqual(['ready true', 'last words', 'exit 7']);
  });

  test('follows when it no longer listens', async () => {
    const { told, heard, exited, write } = start(shell('exec <&-; echo deaf; exec sleep 1000'), {
      ladder: { eofMs: 10, termMs: 10_000 },
    });
    await heard('deaf');
    write('{}');
    expect(await exited()).toMatchObject({ signal: 'SIGTERM' });
    expect(told).toEqual(['ready true', 'deaf', 'not written: 1', 'exit SIGTERM']);
  });

  test('fails what was not yet written, by count and before it is told', async () => {
    const { server, told, heard, exited, write } = start(node('deaf-child'));
    await heard('ready');
    for (let messages = 0; messages < 10; messages += 1) write('x'.repeat(100_000));
    server.kill();
    await exited();
    expect(told).toEqual(['ready true', 'ready', 'not written: 10', 'drained', 'exit SIGKILL']);
    expect(write('{}')).toBe(true);
    await heard('not written: 1');
  });
});

describe('stopping', () => {
  test('goes down the ladder, each step when its time has come', async () => {
    const clock = new VirtualClock();
    const { server, told, heard, exited, group } = start(node('stubborn-child'), { clock, ladder: undefined });
    await heard('ready');
    const stopped = server.stop();
    await heard('eof');
    clock.advance(1999);
    expect(told.at(-1)).toBe('eof');
    clock.advance(1);
    await heard('SIGTERM');
    clock.advance(2999);
    expect(told.at(-1)).toBe('SIGTERM');
    clock.advance(1);
    expect(await exited()).toMatchObject({ signal: 'SIGKILL' });
    await stopped;
    expect(told).toEqual(['ready true', 'ready', 'eof', 'SIGTERM', 'exit SIGKILL']);
    expect(clock.pending).toBe(0);
    expect(survivors(group)).toEqual([]);
  });

  test('twice at once is one stop, and again afterwards is none', async () => {
    const clock = new VirtualClock();
    const { server, told, exits, heard } = start(node('stubborn-child'), { clock });
    await heard('ready');
    const both = Promise.all([server.stop({ termMs: 5000 }), server.stop({ eofMs: 5000 })]);
    await heard('eof');
    clock.advance(100);
    await heard('SIGTERM');
    clock.advance(5000);
    await both;
    server.close('again');
    await server.stop();
    expect(exits).toHaveLength(1);
    expect(told).toEqual(['ready true', 'ready', 'eof', 'SIGTERM', 'exit SIGKILL']);
  });

  test('reaches the server behind a launcher', async () => {
    const { server, heard, group } = start(node('launcher-child', 'wait', fixture('stubborn-child')));
    await heard('ready');
    expect(survivors(group)).toHaveLength(2);
    await server.stop();
    expect(survivors(group)).toEqual([]);
  });

  test('closes the link of a session the same way', async () => {
    const { server, heard, exited, group } = start(node('stubborn-child'));
    await heard('ready');
    server.close('the session is over');
    expect(await exited()).toMatchObject({ signal: 'SIGKILL' });
    await server.stop();
    expect(survivors(group)).toEqual([]);
  });

  test('takes a server with it that never reads its input to the end', async () => {
    const { server, heard, group, write } = start(node('deaf-child'));
    await heard('ready');
    for (let messages = 0; messages < 10; messages += 1) write('x'.repeat(100_000));
    await server.stop();
    expect(survivors(group)).toEqual([]);
  });

  test('by kill leaves nothing, at once', async () => {
    const { server, heard, exited, group } = start(node('launcher-child', 'wait', fixture('stubborn-child')));
    await heard('ready');
    server.kill();
    expect(await exited()).toMatchObject({ signal: 'SIGKILL' });
    await server.stop();
    expect(survivors(group)).toEqual([]);
  });

  test('is finished even by a process that has nothing else to do', async () => {
    const stubborn = node('launcher-child', 'leave', fixture('stubborn-child'));
    const parent = spawn(process.execPath, [fixture('sweeping-parent'), ...stubborn], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [lines, [code]] = await Promise.all([parent.stdout.toArray(), once(parent, 'exit')]);
    const [started = '', ...rest] = lines.join('').trim().split('\n');
    expect([code, rest]).toEqual([0, ['exited', 'swept']]);
    expect(survivors(Number(started.replace('started ', '')))).toEqual([]);
  });
});

describe('a server that cannot be started', () => {
  const directory = mkdtempSync(join(tmpdir(), 'child-process-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  test('because there is no such command', async () => {
    const { server, told, exited } = start(['no-such-command-anywhere']);
    const { spawnError, ...exit } = await exited();
    expect(exit).toEqual({ code: null, signal: null, lastStderr: [] });
    expect(spawnError).toEqual({ kind: 'not-found', message: expect.stringContaining('no-such-command-anywhere') });
    expect([told, server.pid]).toEqual([['exit null'], undefined]);
  });

  test('because the file is no program', async () => {
    const file = join(directory, 'plain.txt');
    writeFileSync(file, 'not a program', { mode: 0o644 });
    expect((await start([file]).exited()).spawnError?.kind).toBe('not-executable');
  });

  test('because its directory is missing', async () => {
    const { exited } = start(['cat'], { cwd: join(directory, 'missing') });
    expect((await exited()).spawnError?.kind).toBe('no-such-directory');
  });

  test('because the system refuses its arguments', async () => {
    expect((await start(['cat', 'a\0b']).exited()).spawnError?.kind).toBe('failed');
  });

  test('takes what is asked of it, and says what was not written', async () => {
    const { server, told, exits, write } = start(['no-such-command-anywhere']);
    expect(write('{}')).toBe(true);
    server.pause(true);
    server.closeInput();
    server.kill();
    server.close('never mind');
    await server.stop();
    expect(told.toSorted()).toEqual(['exit null', 'not written: 1']);
    expect(exits).toHaveLength(1);
  });
});
