import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { align } from '../../src/record/alignment.ts';

/** `a1` and `a2` are alike; `a1` and `a1` are the same. */
const items = (text: string) => text.split(' ').flatMap((exact) => (exact === '' ? [] : [{ exact, alike: exact[0]! }]));

/** `a1=a1`, `a1~a2`, `-a1`, `+a2`. */
function shown(before: string, after: string): string {
  const [one, other] = [items(before), items(after)];
  return align(one, other)
    .map((pair) => {
      const [was, is] = [one[pair.before ?? -1]?.exact, other[pair.after ?? -1]?.exact];
      if (was === undefined) return `+${is}`;
      if (is === undefined) return `-${was}`;
      return `${was}${was === is ? '=' : '~'}${is}`;
    })
    .join(' ');
}

describe('two lists', () => {
  test.each([
    ['a1 b1 c1', 'a1 b1 c1', 'a1=a1 b1=b1 c1=c1'],
    ['a1 b1 c1', 'a1 c1', 'a1=a1 -b1 c1=c1'],
    ['a1 c1', 'a1 b1 c1', 'a1=a1 +b1 c1=c1'],
    ['a1 b1 c1', 'a1 b2 c1', 'a1=a1 b1~b2 c1=c1'],
    ['a1', 'b1', '-a1 +b1'],
    ['', 'a1', '+a1'],
    ['', '', ''],
  ])('%s and %s: %s', (before, after, aligned) => {
    expect(shown(before, after)).toBe(aligned);
  });

  test('what is the same is found behind what is only alike', () => {
    expect(shown('a1 a2 a3', 'a2 a3 a4')).toBe('-a1 a2=a2 a3=a3 +a4');
  });

  test('every item has its place, in the order of both, beside something that is alike', () => {
    const list = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat(2)).map((pair) => pair.join('')));
    fc.assert(
      fc.property(list, list, (one, other) => {
        const [before, after] = [items(one.join(' ')), items(other.join(' '))];
        const aligned = align(before, after);
        expect(aligned.flatMap((pair) => pair.before ?? [])).toEqual([...before.keys()]);
        expect(aligned.flatMap((pair) => pair.after ?? [])).toEqual([...after.keys()]);
        for (const pair of aligned) {
          if (pair.before === undefined || pair.after === undefined) continue;
          expect(before[pair.before]!.alike).toBe(after[pair.after]!.alike);
        }
      }),
    );
  });

  test('long ones are looked at window by window, and what goes on is found again', () => {
    const letters = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, place) => ({ exact: `m${from + place}`, alike: `m${from + place}` }));
    // Something is missing in the middle of each stretch, and something else at the beginning of the first.
    const before = letters(0, 5000);
    const after = before.filter((_, place) => place !== 0 && place % 700 !== 350);
    const aligned = align(before, after);
    expect(aligned.filter((pair) => pair.before !== undefined && pair.after !== undefined)).toHaveLength(after.length);
    expect(align(letters(0, 3000), letters(10_000, 13_000))).toHaveLength(6000);
  });
});
