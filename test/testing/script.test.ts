import { describe, expect, test } from 'vitest';
import { type PlaybookError, Script, matches } from '../../src/testing/script.ts';

describe('matches', () => {
  test.each([
    ['members in any order', { a: 1, b: [2, null] }, { b: [2, null], a: 1 }, true],
    ['a member too many', { a: 1, b: 2 }, { a: 1 }, false],
    ['a member too few', { a: 1 }, { a: 1, b: 2 }, false],
    ['a member expected to be undefined, as one that is not there', { a: 1 }, { a: 1, b: undefined }, true],
    ['another value', { a: { b: 1 } }, { a: { b: 2 } }, false],
    ['a number and its text', { id: 1 }, { id: '1' }, false],
    ['an array and an object', { a: [] }, { a: {} }, false],
    ['arrays of other lengths', [1, 2], [1], false],
    ['null and an object', { a: null }, { a: {} }, false],
    ['a matcher that agrees', { a: 5 }, { a: expect.any(Number) }, true],
    ['a matcher that does not', { a: '5' }, { a: expect.any(Number) }, false],
  ])('%s', (_case, actual, expected, isSame) => {
    expect(matches(actual, expected)).toBe(isSame);
  });
});

describe('a failing expectation', () => {
  const failed = (script: Script): PlaybookError => {
    try {
      return script.fail('something else came', { a: 1 }, { a: 2 });
    } catch (error) {
      return error as PlaybookError;
    }
  };

  test('tells the conversation that led to it, and what differs', () => {
    const script = new Script();
    script.add('client 1 sends hello');
    const { message, expected, actual } = failed(script);
    expect(message).toBe('something else came\n\nclient 1 sends hello\n==== as expected until here ====');
    expect([expected, actual]).toEqual([{ a: 1 }, { a: 2 }]);
    expect(script.hasFailed).toBe(true);
  });

  test('tells the last lines of a long conversation, and the beginning of a long line', () => {
    const script = new Script();
    for (let line = 1; line <= 100; line++) script.add(`${line} ${'x'.repeat(1000)}`);
    const lines = failed(script).message.split('\n');
    expect(lines[2]).toBe('(70 lines before)');
    expect(lines).toHaveLength(34);
    expect(lines[3]!.length).toBeLessThan(320);
  });
});

test('what could not be thrown where it happened is thrown at the next look', () => {
  const script = new Script();
  expect(() => script.checkViolations()).not.toThrow();
  script.violations.push('client 1 was written to after its link was closed');
  expect(() => script.checkViolations()).toThrow(/client 1 was written to/);
});
