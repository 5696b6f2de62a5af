import { describe, expect, test } from 'vitest';
import type { TapePart } from '../../src/record/tape-parts.ts';
import { replayTape } from '../../src/record/replay-tape.ts';
import { type TapedOptions, taped } from './taped.ts';

async function* followed(parts: AsyncIterable<TapePart>, ...more: readonly TapePart[]): AsyncGenerator<TapePart> {
  yield* parts;
  yield* more;
}

const answerTooLong = (line: string): string => {
  if (!line.includes('"method":"tools/list"') || !line.includes('frame.response')) return line;
  const { body, ...rest } = JSON.parse(line) as { readonly body: { readonly id: number } };
  return JSON.stringify({ ...rest, id: body.id, bytes: 36, bodyDigest: 'd' });
};

async function played(options: TapedOptions, plays: 'client' | 'server' = 'server', session?: number) {
  return replayTape(await taped(options), plays, session);
}

describe('a tape that is to be played', () => {
  test('has its conversations, or the one that is asked for', async () => {
    expect(await played({ sessions: 2 })).toMatchObject({
      conversations: [{ session: 1 }, { session: 2 }],
      notes: [],
      hidden: 0,
    });
    expect(await played({ sessions: 2 }, 'client', 2)).toMatchObject({ conversations: [{ session: 2 }] });
    expect(await played({}, 'client', 3)).toMatchObject({ conversations: [] });
  });

  test('is refused with the line where it is none, out of order, or of another version', async () => {
    const edit =
      (wanted: string, to: string) =>
      (text: string): string =>
        text.includes(wanted) ? text.replace(wanted, to) : text;
    expect(await played({ edit: edit('"tape":2', '"tape":9') })).toMatchObject({ line: 1 });
    expect(await played({ edit: edit('"seq":4', '"seq":2') })).toMatchObject({
      line: 5,
      problem: expect.stringContaining('out of order') as string,
    });
    expect(await played({ edit: edit('"seq":4', 'x') })).toMatchObject({ line: 5 });
  });

  test('is refused where what has to be said was too long to be kept', async () => {
    expect(await played({ edit: answerTooLong })).toMatchObject({
      problem: expect.stringContaining('the answer to tools/list was too long to be kept') as string,
    });
    expect(await played({ edit: answerTooLong }, 'client')).toMatchObject({ conversations: [{ session: 1 }] });
  });

  test('says what it lacks: its last line, lines in between, its beginning, what is hidden', async () => {
    const edit = (text: string): string =>
      text.includes('"tape":2')
        ? text.replace('"tape":2', '"tape":2,"continues":"before.jsonl"')
        : text.replace('"method":"tools/list"}', '"method":"tools/list","params":{"a":"[redacted]"}}');
    const gap = { seq: 99, at: 0, event: 'tape.gap', dropped: 3 } as const;
    const parts = followed(
      await taped({ edit }),
      { type: 'line', number: 20, line: gap, body: undefined },
      { type: 'altered', line: 21 },
      { type: 'cut-off', line: 22, bytes: 3 },
    );
    const tape = await replayTape(parts, 'server');
    if ('problem' in tape) throw new Error(tape.problem);
    expect(tape.notes.map(({ line }) => line)).toEqual([1, 20, 21, 22]);
    expect(tape.notes.map(({ text }) => text).join()).toContain('before.jsonl');
    expect(tape.hidden).toBe(1);
  });
});
