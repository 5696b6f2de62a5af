import { describe, expect, test } from 'vitest';
import { asked as asks } from './asked.ts';

const asked = async (...words: readonly string[]): Promise<unknown> => asks('pause', ...words);

describe('what may be said about messages that are held', () => {
  test.each<[readonly string[], object]>([
    [['list'], { do: 'list', of: {}, json: false }],
    [['show', 'p1', '--json'], { do: 'show', id: 'p1', json: true }],
    [['resume', 'p1', '--pid', '12'], { do: 'resume', id: 'p1', of: { pid: 12 } }],
    [['modify', 'p1', '-'], { do: 'modify', id: 'p1', file: '-' }],
    [['block', 'p1'], { do: 'block', id: 'p1' }],
    [['block', 'p1', '--code', '-32001', '--message', 'no'], { do: 'block', id: 'p1', code: -32_001, message: 'no' }],
  ])('pause %j', async (words, request) => {
    expect(await asked(...words)).toMatchObject(request);
  });

  test.each([
    ['', "say what to do: 'ninelives pause list'"],
    ['modify p1', "missing required argument 'file'"],
    ['block p1 --code one', 'whole number'],
    ['block p1 --code 1.5', 'whole number'],
  ])('pause %s is refused: %s', async (words, error) => {
    expect(await asked(...words.split(' ').filter((word) => word !== ''))).toContain(error);
  });
});
