import { PassThrough, Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';

import { People } from '../../src/cli/people.ts';

const mebibyte = 1024 * 1024;

/** A reader that takes one piece at a time, each when it is told to. */
function slowReader() {
  const read: string[] = [];
  let takeNext: (() => void) | undefined;
  const stream = new Writable({
    decodeStrings: false,
    write: (chunk: string, _encoding, done) => {
      read.push(chunk);
      takeNext = done;
    },
  });
  const take = async (pieces: number): Promise<void> => {
    for (let taken = 0; taken < pieces; taken += 1) {
      const done = takeNext;
      takeNext = undefined;
      done?.();
      await new Promise(setImmediate);
    }
  };
  return { stream, read, take };
}

describe('what is said to people', () => {
  test('arrives, line by line', async () => {
    const stream = new PassThrough();
    const people = new People(stream);
    people.write('one\n');
    people.write('two\n');
    await people.flushed(1000);
    expect(String(stream.read())).toBe('one\ntwo\n');
  });

  test('is dropped where nobody reads, and its loss is told when somebody does', async () => {
    const { stream, read, take } = slowReader();
    const people = new People(stream);
    const line = `${'x'.repeat(mebibyte / 2)}\n`;
    for (let lines = 0; lines < 100; lines += 1) people.write(line);
    expect(stream.writableLength).toBeLessThan(2 * mebibyte);
    await take(5);
    people.write('and then\n');
    await take(2);
    expect(read.map((piece) => (piece === line ? 'line' : piece))).toEqual([
      'line',
      'line',
      '[ninelives] 98 lines are missing here: nobody read them in time\n',
      'and then\n',
    ]);
  });

  test('harms nobody when the reader is gone', async () => {
    const stream = new PassThrough();
    const people = new People(stream);
    stream.destroy(new Error('EPIPE'));
    await new Promise(setImmediate);
    people.write('into the void\n');
    await people.flushed(1000);
    expect(stream.destroyed).toBe(true);
  });

  test('is waited for at the end, but not for ever', async () => {
    const { stream, read } = slowReader();
    const people = new People(stream);
    people.write('never taken\n');
    await people.flushed(10);
    expect(read).toEqual(['never taken\n']);
  });

  test('is for a person when the stream is a terminal', () => {
    expect(new People(new PassThrough()).isTTY).toBeUndefined();
    expect(new People(Object.assign(new PassThrough(), { isTTY: true })).isTTY).toBe(true);
  });
});
