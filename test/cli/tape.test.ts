import { describe, expect, test } from 'vitest';
import { asked as asks } from './asked.ts';

const asked = async (...words: readonly string[]): Promise<unknown> => asks('tape', ...words);

describe('ninelives tape', () => {
  test('shows a tape, or a part of it', async () => {
    const plain = { do: 'show', file: 'a.jsonl', bodies: false, json: false };
    expect(await asked('show', 'a.jsonl')).toEqual(plain);
    expect(await asked('show', 'a.jsonl', '--session', '2', '--method', 'tools/call', '--bodies', '--json')).toEqual({
      ...plain,
      session: 2,
      method: 'tools/call',
      bodies: true,
      json: true,
    });
  });

  test('checks one tape or several', async () => {
    expect(await asked('check', 'a', 'b')).toEqual({ do: 'check', files: ['a', 'b'], json: false });
    expect(await asked('check', 'a', '--junit', 'r.xml')).toMatchObject({ junit: 'r.xml' });
  });

  test('steps through a tape, from the beginning or from a step', async () => {
    expect(await asked('step', 'a')).toEqual({ do: 'step', file: 'a' });
    expect(await asked('step', 'a', '--session', '1', '--at', '40')).toEqual({
      do: 'step',
      file: 'a',
      session: 1,
      at: 40,
    });
  });

  test('says what it wants where it is not told', async () => {
    expect(await asked()).toContain("say what to do: 'ninelives tape show FILE'");
    expect(await asked('show')).toContain("missing required argument 'file'");
    expect(await asked('step', 'a', '--at', '0')).toContain('It must be a whole number above 0.');
  });
});
