import { once } from 'node:events';
import { PassThrough, Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';

import { StdioLines } from '../../src/transports/stdio-lines.ts';

/** An output whose peer takes what was written only when it is told to. */
class SlowPeer extends Writable {
  /** Every write to the kernel, as the pieces that were given to it. */
  readonly writes: (readonly string[])[] = [];
  private taken: ((error?: Error) => void) | undefined;

  constructor() {
    super({ highWaterMark: 100 });
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.writes.push([chunk.toString()]);
    this.taken = done;
  }

  override _writev(chunks: { readonly chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.writes.push(chunks.map(({ chunk }) => chunk.toString()));
    this.taken = done;
  }

  take(error?: Error): void {
    this.taken?.(error);
  }
}

function open(limits: { lineBytesMax?: number } = {}) {
  const input = new PassThrough();
  const output = new SlowPeer();
  const told: string[] = [];
  const tell = (what: string) => (bytes: Uint8Array) => void told.push(`${what} ${Buffer.from(bytes).toString()}`);
  const lines = new StdioLines({
    input,
    output,
    lineBytesMax: 50,
    highWaterBytesMax: 100,
    ...limits,
    onMessage: tell('message'),
    onOversize: ({ totalBytes }) => told.push(`oversize ${totalBytes}`),
    onPartial: tell('partial'),
    onDrained: () => told.push('drained'),
    onInputEnded: (error) => told.push(`input ended: ${error?.message ?? 'quietly'}`),
    onOutputBroken: (error) => told.push(`output broken: ${error?.message ?? 'quietly'}`),
    onWriteFailed: (messages) => told.push(`not written: ${messages}`),
  });
  const write = (...slices: string[]) => lines.write(slices.map((slice) => Buffer.from(slice)));
  return { input, output, told, lines, write };
}

describe('reading', () => {
  test('gives one message a line, then what was unfinished, then the end', async () => {
    const { input, told } = open();
    input.write('{"a":');
    input.end('1}\n{}\n{"half');
    await once(input, 'close');
    expect(told).toEqual(['message {"a":1}', 'message {}', 'partial {"half', 'input ended: quietly']);
  });

  test('reports a line over the limit and goes on behind it', async () => {
    const { input, told } = open();
    input.end(`${'x'.repeat(51)}\n{}\n`);
    await once(input, 'close');
    expect(told).toEqual(['oversize 51', 'message {}', 'input ended: quietly']);
  });

  test('stops while it is paused', async () => {
    const { input, told, lines } = open();
    lines.pause(true);
    input.write('{}\n');
    await turn();
    expect(told).toEqual([]);
    lines.pause(false);
    await turn();
    expect(told).toEqual(['message {}']);
  });

  test('tells a failed input as its end, once', async () => {
    const { input, told } = open();
    input.destroy(new Error('gone'));
    await once(input, 'close').catch(() => {});
    expect(told).toEqual(['input ended: gone']);
  });

  test('tells nothing any more once it was closed, not even the rest of a chunk', async () => {
    const input = new PassThrough();
    const told: string[] = [];
    const lines: StdioLines = new StdioLines({
      input,
      output: new PassThrough(),
      lineBytesMax: 50,
      onMessage: (line) => {
        told.push(Buffer.from(line).toString());
        lines.closeInput();
      },
      onOversize: () => told.push('oversize'),
      onPartial: () => told.push('partial'),
      onDrained: () => told.push('drained'),
      onInputEnded: () => told.push('ended'),
      onOutputBroken: () => told.push('broken'),
      onWriteFailed: () => told.push('failed'),
    });
    input.write(`first\nsecond\n${'x'.repeat(51)}\nhalf`);
    await once(input, 'close');
    expect(told).toEqual(['first']);
  });
});

describe('writing', () => {
  test('gathers the messages of one turn into one write', async () => {
    const { output, write } = open();
    write('{"id":', '1', '}');
    write('{}');
    expect(output.writes).toEqual([]);
    await turn();
    expect(output.writes).toEqual([['{"id":1}\n{}\n']]);
  });

  test('hands large messages to the kernel uncopied, still in one write', async () => {
    const { output, write } = open();
    const large = 'x'.repeat(10_000);
    write(large, 'tail');
    write(large);
    await turn();
    expect(output.writes).toEqual([[large, 'tail', '\n', large, '\n']]);
  });

  test('says that the peer is slow, and once when it has caught up', async () => {
    const { output, told, write } = open();
    expect(write('x'.repeat(98))).toBe(true);
    expect(write('y')).toBe(false);
    expect(write('z')).toBe(false);
    await turn();
    expect(told).toEqual([]);
    output.take();
    await turn();
    expect(told).toEqual(['drained']);
    expect(write('again')).toBe(true);
    await turn();
    output.take();
    await turn();
    expect(told).toEqual(['drained']);
  });

  test('is flushed when the kernel has what was written before, not what came later', async () => {
    const { output, lines, write } = open();
    const done: string[] = [];
    await lines.flush();
    write('first');
    void lines.flush().then(() => done.push('first'));
    await turn();
    write('second');
    void lines.flush().then(() => done.push('second'));
    await turn();
    expect(done).toEqual([]);
    output.take();
    await turn();
    expect(done).toEqual(['first']);
    output.take();
    await turn();
    expect(done).toEqual(['first', 'second']);
  });

  test('to a broken pipe fails by count, holds nothing back, and never throws', async () => {
    const { output, told, lines, write } = open();
    write('x'.repeat(200));
    write('{}');
    await turn();
    const flushed = lines.flush();
    output.take(new Error('EPIPE'));
    await turn();
    expect(told).toEqual(['not written: 2', 'drained', 'output broken: EPIPE']);
    await flushed;

    expect(write('late')).toBe(true);
    expect(write('later')).toBe(true);
    expect(told).toHaveLength(3);
    await turn();
    expect(told.slice(3)).toEqual(['not written: 2']);
    await lines.flush();
  });

  test('fails by count when the stream is destroyed under it', async () => {
    const { output, told, write } = open();
    write('{}');
    await turn();
    output.destroy();
    await turn();
    expect(told).toEqual(['not written: 1', 'output broken: quietly']);
  });

  test('does not count as failed what the kernel already had', async () => {
    const { output, told, write } = open();
    write('taken');
    await turn();
    output.take();
    await turn();
    write('lost');
    await turn();
    output.destroy();
    await turn();
    expect(told).toEqual(['not written: 1', 'output broken: quietly']);
  });
});

describe('ending the output', () => {
  test('lets out what was written before, and nothing after', async () => {
    const { output, told, lines, write } = open();
    write('last');
    lines.endOutput();
    lines.endOutput();
    expect(write('late')).toBe(true);
    output.take();
    await once(output, 'finish');
    await turn();
    expect(output.writes).toEqual([['last\n']]);
    expect(told).toEqual(['not written: 1']);
  });

  test('by force reports what was lost, but no broken pipe when it had been ended before', async () => {
    const { told, lines, write } = open();
    write('stuck');
    lines.endOutput();
    await turn();
    lines.cutOutput();
    await turn();
    expect(told).toEqual(['not written: 1']);
  });
});
