import { describe, expect, test } from 'vitest';
import { asked as asks } from './asked.ts';

const asked = async (...words: readonly string[]): Promise<unknown> => asks('rules', ...words);

describe('ninelives rules', () => {
  test('checks a file, for people or for programs', async () => {
    expect(await asked('check', 'rules.yaml')).toEqual({ file: 'rules.yaml', json: false });
    expect(await asked('check', 'rules.yaml', '--json')).toEqual({ file: 'rules.yaml', json: true });
  });

  test('says what it wants where it is not told', async () => {
    expect(await asked()).toContain("say what to do: 'ninelives rules check FILE'");
    expect(await asked('chek', 'x')).toContain("unknown command 'chek'");
    expect(await asked('check')).toContain("missing required argument 'file'");
  });
});
