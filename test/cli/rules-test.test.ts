import { describe, expect, test } from 'vitest';
import { asked as asks } from './asked.ts';

const asked = async (...words: readonly string[]): Promise<unknown> => asks('rules', 'test', ...words);

describe('ninelives rules test', () => {
  test('tries a file out on tapes, alone or against another', async () => {
    const plain = { do: 'test', file: 'r.yaml', json: false, tapes: ['a'], failOn: [] };
    expect(await asked('r.yaml', '--tape', 'a')).toEqual(plain);
    expect(
      await asked('r.yaml', '--tape', 'a', 'b', '--against', 'old.yaml', '--fail-on', 'block, different', '--json'),
    ).toEqual({ ...plain, tapes: ['a', 'b'], against: 'old.yaml', failOn: ['block', 'different'], json: true });
  });

  test('says what it wants where it is not told', async () => {
    expect(await asked('r.yaml')).toContain("required option '--tape <files...>' not specified");
    expect(await asked('r.yaml', '--tape', 'a', '--fail-on', 'pass')).toContain('It must be some of modify, block,');
  });
});
