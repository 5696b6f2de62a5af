import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchesGlob } from '../../src/rules/glob.ts';

describe('a pattern', () => {
  test.each<[string, string, boolean]>([
    ['delete_file', 'delete_*', true],
    ['delete_', 'delete_*', true],
    ['undelete_', 'delete_*', false],
    ['a', 'a', true],
    ['ab', 'a', false],
    ['', '', true],
    ['', '*', true],
    ['aXbXc', 'a*b*c', true],
    ['aXcXb', 'a*b*c', false],
    ['aa', 'a*a', true],
    ['a', 'a*a', false],
    ['a.b', 'a?b', false],
    ['x', '**', true],
  ])('%j fits %j: %s', (text, pattern, expected) => {
    expect(matchesGlob(text, pattern)).toBe(expected);
  });

  test('means what the expression with .* in place of * means', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 });
    const patterns = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 6 });
    fc.assert(
      fc.property(letters, patterns, (text, pattern) => {
        expect(matchesGlob(text, pattern)).toBe(new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(text));
      }),
    );
  });

  test('takes time in proportion to the text, whatever it is', () => {
    expect(matchesGlob('a'.repeat(1_000_000), `${'a*'.repeat(50)}b`)).toBe(false);
  });
});
