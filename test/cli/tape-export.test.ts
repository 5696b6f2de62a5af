import { describe, expect, test } from 'vitest';
import { asked as asks } from './asked.ts';

const asked = async (...words: readonly string[]): Promise<unknown> => asks('tape', 'export', ...words);

describe('ninelives tape export', () => {
  test('makes a tape into one of two things, with secrets hidden unless it is told otherwise', async () => {
    const plain = { do: 'export', file: 'a', format: 'har', isRedacted: true, hidden: [] };
    expect(await asked('a', '--format', 'har')).toEqual(plain);
    expect(
      await asked(
        'a',
        '--format',
        'html',
        '-o',
        'x.html',
        '--session',
        '2',
        '--bodies',
        'whole',
        '--redact',
        'params.x',
      ),
    ).toEqual({ ...plain, format: 'html', output: 'x.html', session: 2, isRedacted: false, hidden: [['params', 'x']] });
  });

  test('says what it wants where it is not told', async () => {
    expect(await asked('a')).toContain("required option '--format <format>' not specified");
    expect(await asked('a', '--format', 'pdf')).toContain('Allowed choices are har, html');
    expect(await asked('a', '--format', 'har', '--redact', 'id')).toContain('only what is below params');
  });
});
