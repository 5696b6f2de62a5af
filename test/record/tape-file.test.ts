/** Tapes in real files of a real folder. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TapeError, TapeFile, type TapeFileOptions } from '../../src/record/tape-file.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { KeptLog } from '../runtime/kept-log.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ninelives-tape-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

function open(options: Partial<TapeFileOptions> = {}) {
  const clock = new VirtualClock();
  const tape = new TapeFile({
    path: join(folder, 'run.tape.jsonl'),
    header: () => ({
      tape: 1,
      ninelives: 'x',
      chart: 'c',
      now: 0,
      wallTime: 0,
      bodies: { redacted: true, bytesMax: 9 },
    }),
    sessions: () => 2,
    clock,
    log: new KeptLog(),
    whenFull: 'drop',
    ...options,
  });
  let seq = 0;
  const say = (text: string): void => {
    tape.begin(0).text(`${JSON.stringify({ seq: ++seq, text })}\n`);
    tape.end(seq);
  };
  return { tape, clock, say };
}

type Line = Readonly<Record<string, unknown>>;

const textOf = (name: string): string => readFileSync(join(folder, name), 'utf8');
const linesOf = (name: string): readonly Line[] =>
  textOf(name)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

describe('a tape on a disk', () => {
  test('begins with its header, has its lines in order, and ends with a line that counts and sums them', () => {
    const { tape, say } = open();
    say('one');
    say('two');
    tape.close();
    const [header, ...lines] = linesOf('run.tape.jsonl');
    expect(header).toMatchObject({ tape: 1 });
    expect(lines.slice(0, 2)).toEqual([
      { seq: 1, text: 'one' },
      { seq: 2, text: 'two' },
    ]);
    const before = textOf('run.tape.jsonl').replace(/[^\n]*\n$/, '');
    const digest = createHash('sha256').update(before).digest('hex');
    expect(lines[2]).toEqual({ seq: 3, at: 0, event: 'tape.closed', lines: 3, sessions: 2, dropped: 0, digest });
  });

  test('is a tape from its first moment on', () => {
    const { tape } = open();
    expect(linesOf('run.tape.jsonl')).toMatchObject([{ tape: 1 }]);
    tape.close();
  });

  test('can be read while it grows', async () => {
    const { tape, clock, say } = open();
    say('one');
    clock.advance(10);
    while (!textOf('run.tape.jsonl').includes('one')) await nextTurn();
    expect(linesOf('run.tape.jsonl')).toHaveLength(2);
    tape.close();
  });

  test('is for its owner alone, and never written over another', () => {
    open().tape.close();
    const { tape } = open();
    tape.close();
    expect(readdirSync(folder).toSorted()).toEqual(['run.tape.2.jsonl', 'run.tape.jsonl']);
    expect(statSync(tape.path).mode & 0o777).toBe(0o600);
  });

  test('that cannot be is a sentence', () => {
    expect(() => open({ path: join(folder, 'none', 'x.jsonl') })).toThrow(TapeError);
    expect(() => open({ path: join(folder, 'none', 'x.jsonl') })).toThrow(/ENOENT: no such file or directory$/);
  });
});

describe('lines for which there is no room', () => {
  const limits = { bufferBytesMax: 300 };

  test('are dropped and counted, and the tape says where they are missing', async () => {
    const { tape, clock, say } = open({ limits });
    for (let count = 0; count < 20; count++) say('x'.repeat(50));
    clock.advance(10);
    expect(tape.dropped).toBeGreaterThan(10);
    while (!textOf('run.tape.jsonl').includes('xxx')) await nextTurn();
    say('after');
    tape.close();
    const lines = linesOf('run.tape.jsonl');
    const gap = lines.find(({ event }) => event === 'tape.gap');
    expect(gap).toMatchObject({ seq: 20, dropped: tape.dropped });
    expect(lines.at(-2)).toEqual({ seq: 21, text: 'after' });
    expect(lines.at(-1)).toMatchObject({ dropped: tape.dropped });
  });

  test('are waited for, where that was asked', () => {
    const { tape, say } = open({ limits, whenFull: 'wait' });
    for (let count = 0; count < 20; count++) say('x'.repeat(50));
    tape.close();
    expect(tape.dropped).toBe(0);
    expect(linesOf('run.tape.jsonl').map(({ seq }) => seq)).toEqual([
      undefined,
      ...Array.from({ length: 21 }, (_, index) => index + 1),
    ]);
  });
});

test('a tape that is long enough is followed by another, which says what it goes on from', async () => {
  let begun = 0;
  const { tape, clock, say } = open({ limits: { tapeBytesMax: 100 }, onNewTape: () => void begun++ });
  say('one');
  clock.advance(10);
  while (!textOf('run.tape.jsonl').includes('one')) await nextTurn();
  say('two');
  clock.advance(10);
  while (tape.path.endsWith('run.tape.jsonl')) await nextTurn();
  tape.close();
  expect(linesOf('run.tape.jsonl').map(({ event, text }) => event ?? text)).toEqual([undefined, 'one', 'tape.closed']);
  expect(linesOf('run.tape.2.jsonl')[0]).toMatchObject({ tape: 1, continues: 'run.tape.jsonl' });
  expect(linesOf('run.tape.2.jsonl')[1]).toEqual({ seq: 2, text: 'two' });
  expect(begun).toBe(1);
});

test('a tape that is old enough is followed by another, as soon as there is more to write', async () => {
  const { tape, clock, say } = open({ limits: { tapeMs: 1000 } });
  say('one');
  clock.advance(10);
  while (!textOf('run.tape.jsonl').includes('one')) await nextTurn();
  say('two');
  clock.advance(10);
  while (!textOf('run.tape.jsonl').includes('two')) await nextTurn();
  clock.advance(5000);
  expect(readdirSync(folder)).toEqual(['run.tape.jsonl']);
  say('three');
  clock.advance(10);
  while (tape.path.endsWith('run.tape.jsonl')) await nextTurn();
  tape.close();
  expect(linesOf('run.tape.jsonl').map(({ event, text }) => event ?? text)).toEqual([
    undefined,
    'one',
    'two',
    'tape.closed',
  ]);
  expect(linesOf('run.tape.2.jsonl')[1]).toEqual({ seq: 3, text: 'three' });
});
