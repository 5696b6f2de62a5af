import { describe, expect, test } from 'vitest';
import type { TapePart } from '../../src/record/tape-parts.ts';
import { TapeTravel, loadTape } from '../../src/record/tape-travel.ts';
import { taped } from './taped.ts';

describe('a tape', () => {
  test('is gone through in any order, and is at each step what it was', async () => {
    const tape = await loadTape(await taped());
    if (!('header' in tape)) throw new Error(tape.problem);
    const travel = new TapeTravel(tape);
    const seen = Array.from({ length: travel.length }, (_, index) => travel.at(index + 1));
    expect(seen.map(({ line }) => line.event)).toContain('session.close');
    for (const step of [...seen.keys()].toReversed()) expect(travel.at(step + 1)).toEqual(seen[step]);
    expect(travel.at(3)).toEqual(seen[2]);
    expect(travel.divergences).toEqual([]);
  });

  test('is gone through for one session alone', async () => {
    const tape = await loadTape(await taped({ sessions: 2 }));
    if (!('header' in tape)) throw new Error(tape.problem);
    const [all, second] = [new TapeTravel(tape), new TapeTravel(tape, 2)];
    expect(second.length).toBe(all.length / 2);
    expect(second.at(1).line.session).toBe(2);
    expect(() => second.at(0)).toThrow('There is no step 0: the tape has');
    expect(() => second.at(second.length + 1)).toThrow(RangeError);
  });

  test('that cannot be read to its end is gone through as far as it can', async () => {
    async function* parts(): AsyncGenerator<TapePart> {
      for await (const part of await taped()) {
        if (part.type === 'line' && part.number > 6) yield { type: 'problem', line: 7, problem: 'no line' };
        if (part.type === 'line' && part.number > 6) return;
        yield part;
      }
    }
    const tape = await loadTape(parts());
    expect(tape).toMatchObject({ problem: { line: 7, problem: 'no line' } });
  });

  test('that is none is a problem', async () => {
    async function* parts(): AsyncGenerator<TapePart> {
      yield await Promise.resolve({ type: 'problem', line: 1, problem: 'this is no tape' } as const);
    }
    expect(await loadTape(parts())).toEqual({ line: 1, problem: 'this is no tape' });
  });
});
