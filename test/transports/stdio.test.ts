import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';

import { openStdioFront, type StdioFront } from '../../src/transports/stdio.ts';
import { sending } from '../session/fixtures.ts';

function open() {
  const input = new PassThrough();
  const output = new PassThrough();
  const told: string[] = [];
  const front: StdioFront = openStdioFront({
    input,
    output,
    lineBytesMax: 50,
    onMessage: (line) => told.push(`message ${Buffer.from(line).toString()}`),
    onOversize: ({ totalBytes }) => told.push(`oversize ${totalBytes}`),
    onPartial: (rest) => told.push(`partial ${Buffer.from(rest).toString()}`),
    onDrained: () => told.push('drained'),
    onWriteFailed: (messages) => told.push(`not written: ${messages}`),
    onClosed: (why, error) => told.push(error === undefined ? `closed: ${why}` : `closed: ${why}, ${error.message}`),
  });
  return { input, output, told, front };
}

const failure = (code: string) => Object.assign(new Error(code), { code });

describe('a front on two streams', () => {
  test('takes messages, reports what is none, and tells that the client is done', async () => {
    const { input, told } = open();
    input.end(`{"id":1}\n${'x'.repeat(60)}\n{"id"`);
    await once(input, 'close');
    expect(told).toEqual(['message {"id":1}', 'oversize 60', 'partial {"id"', 'closed: eof']);
  });

  test('still answers a client that has said everything it had to say', async () => {
    const { input, output, told, front } = open();
    input.end();
    await once(input, 'close');
    front.write([Buffer.from('{"id":1,'), Buffer.from('"result":{}}')], sending());
    front.close('answered');
    const answer: unknown[] = await output.toArray();
    expect(answer.join('')).toBe('{"id":1,"result":{}}\n');
    expect(told).toEqual(['closed: eof']);
  });

  test('does not listen to a client that cannot be answered', async () => {
    const { input, output, told, front } = open();
    front.write([Buffer.from('{}')], sending());
    output.destroy(failure('EPIPE'));
    await turn();
    expect(told).toEqual(['not written: 1', 'closed: broken-pipe, EPIPE']);
    expect(input.destroyed).toBe(true);
  });

  test.each([
    ['ECONNRESET', 'closed: broken-pipe, ECONNRESET'],
    ['EIO', 'closed: error, EIO'],
  ])('whose input fails with %s is closed', async (code, expected) => {
    const { input, told } = open();
    input.destroy(failure(code));
    await turn();
    expect(told).toEqual([expected]);
  });

  test('tells the first reason only, and none of its own', async () => {
    const both = open();
    both.input.end();
    await once(both.input, 'close').catch(() => {});
    both.input.resume();
    both.output.destroy(failure('EPIPE'));
    await turn();
    expect(both.told).toEqual(['closed: eof']);

    const own = open();
    own.front.close('shutdown');
    own.front.close('shutdown');
    await turn();
    expect(own.told).toEqual([]);
    expect([own.input.destroyed, own.output.writableFinished]).toEqual([true, true]);
  });
});

describe('a front on the standard streams of a process', () => {
  const started: ChildProcessWithoutNullStreams[] = [];
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
  });

  /** Starts the fixture; `heard` waits until it has said a line on stderr so many times. */
  async function start() {
    const child = spawn(process.execPath, [fileURLToPath(new URL('../fixtures/stdio-front.mjs', import.meta.url))]);
    started.push(child);
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    const heard = async (line: string, times = 1): Promise<void> => {
      while (said.split('\n').filter((each) => each === line).length < times) await once(child.stderr, 'data');
    };
    const exited = once(child, 'exit');
    await heard('open');
    return { child, heard, exited };
  }

  test('keeps its timers running while the client does not read, and loses nothing', async () => {
    const { child, heard, exited } = await start();
    child.stdin.write('4000\n');
    await heard('blocked');
    await heard('tick', 3);

    let read = '';
    child.stdout.on('data', (chunk) => {
      read += chunk;
    });
    await heard('drained');
    child.stdin.end('unfinished');
    await heard('partial unfinished');
    await heard('closed eof');
    expect(await exited).toEqual([0, null]);
    if (!child.stdout.readableEnded) await once(child.stdout, 'end');
    expect(read.split('\n')).toEqual([
      ...Array.from({ length: 4000 }, (_, index) => String(index).padStart(1000, '0')),
      '',
    ]);
  });

  test('is flushed before the process ends, however late the client reads', async () => {
    const { child, heard, exited } = await start();
    child.stdin.end('2000\n');
    await heard('closed eof');
    const read = (await child.stdout.toArray()).join('').split('\n');
    expect([read.length, read[1999], read[2000]]).toEqual([2001, '1999'.padStart(1000, '0'), '']);
    expect(await exited).toEqual([0, null]);
  });

  test('notices a client that went away', async () => {
    const { child, heard, exited } = await start();
    child.stdout.destroy();
    child.stdin.write('{}\n');
    await heard('closed broken-pipe');
    expect(await exited).toEqual([0, null]);
  });
});
