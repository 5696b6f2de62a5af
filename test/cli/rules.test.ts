import { describe, expect, test } from 'vitest';
import { asked as asks } from './asked.ts';

const asked = async (...words: readonly string[]): Promise<unknown> => asks('rules', ...words);

describe('ninelives rules', () => {
  test('checks a file, for people or for programs', async () => {
    expect(await asked('check', 'rules.yaml')).toEqual({ do: 'check', file: 'rules.yaml', json: false });
    expect(await asked('check', 'rules.yaml', '--json')).toEqual({ do: 'check', file: 'rules.yaml', json: true });
  });

  test('tries a file out, in all processes or in one, for a while or until it is interrupted', async () => {
    const plain = { do: 'dry-run', file: 'next.yaml', json: false, of: {} };
    expect(await asked('dry-run', 'next.yaml')).toEqual(plain);
    expect(await asked('dry-run', 'next.yaml', '--pid', '7', '--seconds', '5', '--json')).toEqual({
      ...plain,
      json: true,
      of: { pid: 7 },
      seconds: 5,
    });
    expect(await asked('dry-run', 'next.yaml', '--admin', 'http://127.0.0.1:1')).toContain('go together');
  });

  test('says what it wants where it is not told', async () => {
    expect(await asked()).toContain("say what to do: 'ninelives rules check FILE'");
    expect(await asked('chek', 'x')).toContain("unknown command 'chek'");
    expect(await asked('check')).toContain("missing required argument 'file'");
  });
});
