import { describe, expect, test } from 'vitest';
import { asked as asks } from './asked.ts';

const asked = async (...words: readonly string[]): Promise<unknown> => asks('tape', 'diff', ...words);

describe('ninelives tape diff', () => {
  test('compares two tapes, or one session of each', async () => {
    const plain = { do: 'diff', before: 'a', after: 'b', ignored: [], json: false };
    expect(await asked('a', 'b')).toEqual(plain);
    expect(await asked('a', 'b', '--session', '2')).toEqual({ ...plain, sessions: { before: 2, after: 2 } });
    expect(await asked('a', 'b', '--session', '2', '--session-b', '3', '--json')).toEqual({
      ...plain,
      sessions: { before: 2, after: 3 },
      json: true,
    });
  });

  test('leaves out places of messages, and says what is no place', async () => {
    expect(await asked('a', 'b', '--ignore', 'result.content[*].text', '--ignore', '/params/x')).toMatchObject({
      ignored: [
        ['result', 'content', '*', 'text'],
        ['params', 'x'],
      ],
    });
    expect(await asked('a', 'b', '--ignore', 'a..b')).toContain('"a..b" is no path into a message');
  });

  test('says what it wants where it is not told', async () => {
    expect(await asked('a')).toContain("missing required argument 'b'");
    expect(await asked('a', 'b', '--session-b', '3')).toContain('--session-b goes with --session');
  });
});
