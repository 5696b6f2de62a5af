import { describe, expect, test } from 'vitest';
import { firstDifference, hasHidden, openDifferences } from '../../src/record/replay-hidden.ts';

const all = { ignoring: () => false };

describe('what is hidden on a tape', () => {
  test('is found wherever it stands', () => {
    expect(hasHidden({ a: [1, { b: 'token=[redacted] x' }] })).toBe(true);
    expect(hasHidden({ '[redacted]': [1, null, 'no secret'] })).toBe(false);
  });

  test('matches any value that is there, of whatever kind', () => {
    const taped = { password: '[redacted]', user: 'me' };
    expect(firstDifference(taped, { password: { deep: [1] }, user: 'me' }, all)).toBeUndefined();
    expect(firstDifference(taped, { password: 'x', user: 'you' }, all)?.path).toBe('/user');
    expect(firstDifference(taped, { user: 'me' }, all)?.path).toBe('/password');
  });

  test.each([
    ['key=[redacted]; a=[redacted]!', 'key=1; a=2!', true],
    ['key=[redacted]; a=[redacted]!', 'key=1; b=2!', false],
    ['[redacted] and [redacted]', 'this and that and more', true],
    ['ab[redacted]ba', 'aba', false],
    ['a[redacted]b[redacted]b', 'axb', false],
    ['key=[redacted]', 7, false],
  ])('%s fits %j: %s', (taped, actual, fits) => {
    expect(firstDifference({ text: taped }, { text: actual }, all) === undefined).toBe(fits);
  });

  test('leaves every other difference', () => {
    const found = [...openDifferences({ a: '[redacted]', b: 1, c: 2 }, { a: 1, b: 2, c: 3 }, all)];
    expect(found.map(({ path }) => path)).toEqual(['/b', '/c']);
  });
});
