import { describe, expect, test } from 'vitest';
import { bounded } from '../../../src/inspector/wires/bounded.ts';

const bounds = { charactersMax: 5, itemsMax: 2 };

describe('what is shown of plain data', () => {
  test('is all of it where it is short', () => {
    const data = { text: 'short', none: null, list: [1, { inner: true }] };
    expect(bounded(data, bounds)).toEqual(data);
  });

  test('ends where a text or a list is too long, at any depth, and says how much there was', () => {
    expect(bounded({ outer: [{ text: 'too long' }, 2, 3, 4] }, bounds)).toEqual({
      outer: [{ text: 'too l (and 3 characters more)' }, 2, 'and 2 more'],
    });
  });
});
