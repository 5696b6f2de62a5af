import { describe, expect, test } from 'vitest';
import { randomId } from '../../src/runtime/random-id.ts';

describe('a random id', () => {
  test('is a UUID of version 4', () => {
    for (let times = 0; times < 100; times++) {
      expect(randomId()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
  });

  test('is another one each time, in every digit that is free', () => {
    const ids = Array.from({ length: 500 }, randomId);
    expect(new Set(ids).size).toBe(500);
    const digits = Array.from({ length: 36 }, (_, place) => new Set(ids.map((id) => id[place])).size);
    expect(digits.map((count) => Math.min(count, 10))).toEqual(
      'xxxxxxxx-xxxx-4xxx-vxxx-xxxxxxxxxxxx'.split('').map((mark) => (mark === 'x' ? 10 : mark === 'v' ? 4 : 1)),
    );
  });
});
