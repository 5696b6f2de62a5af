/** A tape that a browser was given is read as `readTape` reads the same file on a disk. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { tapeParts } from '../../../site/play/tape-parts.ts';
import { playTape } from '../../../site/play/taped-session.ts';
import { readTape } from '../../../src/record/read-tape.ts';
import type { TapePart } from '../../../src/record/tape-parts.ts';

const folder = 'test/fixtures/tapes';
const tapes = readdirSync(folder).map((name) => join(folder, name));

async function all(parts: AsyncIterable<TapePart>): Promise<readonly TapePart[]> {
  const found: TapePart[] = [];
  for await (const part of parts) found.push(part);
  return found;
}

describe('a tape in a browser', () => {
  test.each(tapes)('%s has the parts that it has on a disk, packed or not', async (path) => {
    const expected = await all(readTape(path));
    expect(expected.length).toBeGreaterThan(5);
    expect(await all(tapeParts(new Blob([readFileSync(path)])))).toEqual(expected);
    expect(await all(tapeParts(new Blob([gzipSync(readFileSync(path))])))).toEqual(expected);
  });

  test('that is cut off, empty or something else says so', async () => {
    const [header = '', first = ''] = readFileSync(tapes[0]!, 'utf8').split('\n');
    const last = async (text: string): Promise<TapePart | undefined> => (await all(tapeParts(new Blob([text])))).at(-1);
    expect(await last('')).toMatchObject({ type: 'problem', line: 1 });
    expect(await last('hello\n')).toMatchObject({ type: 'problem', line: 1 });
    expect(await last(`${header}\n${first}\n{"seq":`)).toEqual({ type: 'cut-off', line: 3, bytes: 7 });
    expect(await last(`${header}\n${first}\n${first}\n`)).toMatchObject({ type: 'problem', line: 3 });
  });

  test('has sessions that are as they were after each of their events', async () => {
    const played = await playTape(new Blob([readFileSync(join(folder, 'recovery.tape.jsonl'))]));
    if (typeof played === 'string') throw new Error(played);
    const [session] = played.sessions;
    const states = session!.events.map((_, index) => session!.viewAt(index)!.snapshot.state);
    expect(states.filter((state, index) => state !== states[index - 1])).toEqual([
      'initializing',
      'active.serving',
      'active.recovering',
      'active.serving',
      'closed',
    ]);
    expect(states).toEqual(session!.events.map(({ to }) => to));
    expect(session!.events.map(({ seq }) => session!.bodyOf(seq)).join()).toContain('"name":"die"');
    expect(await playTape(new Blob(['hello\n']))).toContain('Line 1: ');
  });
});
