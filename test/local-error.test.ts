import { readFileSync, readdirSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LocalError, localErrorTable } from '../src/local-error.ts';

describe('an error for the embedder', () => {
  test('has a code for programs, and says what happened and what to do', () => {
    const cause = new Error('inside');
    const error = new LocalError('ALREADY_STARTED', 'The adapter was started twice.', { cause });
    expect(error).toMatchObject({ name: 'LocalError', code: 'ALREADY_STARTED', cause });
    expect(error.message).toBe(
      'The adapter was started twice. An adapter serves one session: make a new one for each.',
    );
  });
});

describe('the codes', () => {
  const codes = Object.keys(localErrorTable).toSorted();

  test('in the documentation are those in the code', () => {
    const page = readFileSync('docs/reference/local-errors.md', 'utf8');
    const listed = [...page.matchAll(/^\| `([A-Z_]+)` /gm)].map(([, name = '']) => name);
    expect(listed.toSorted()).toEqual(codes);
  });

  test('are all thrown somewhere', () => {
    const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
    const sources = files.map((name) => readFileSync(posix.join('src', name), 'utf8'));
    const thrown = sources.flatMap((text) =>
      [...text.matchAll(/new LocalError\(\s*'(\w+)'/g)].map(([, name = '']) => name),
    );
    expect([...new Set(thrown)].toSorted()).toEqual(codes);
  });

  test.each(Object.values(localErrorTable))('say what to do: %s', (fix) => {
    expect(fix).toMatch(/^[A-Z].*\.$/);
  });
});
