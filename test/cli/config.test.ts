import { expect, test } from 'vitest';
import { asked as asks } from './asked.ts';

const asked = async (...words: readonly string[]): Promise<unknown> => asks('config', ...words);

test.each<[readonly string[], unknown]>([
  [['check', 'f.yaml'], { do: 'check', file: 'f.yaml' }],
  [['schema'], { do: 'schema' }],
  [['check'], "error: missing required argument 'file'"],
  [[], "error: say what to do: 'ninelives config check FILE'"],
  [['show'], "error: unknown command 'show', say: 'ninelives config check FILE'"],
])('config %j', async (words, expected) => {
  expect(await asked(...words)).toEqual(expected);
});
