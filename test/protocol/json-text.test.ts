import { describe, expect, test } from 'vitest';
import {
  endOfPaired,
  endOfPlainString,
  endOfScalar,
  endOfString,
  endOfValue,
  isBlank,
  isDeeperThan,
  nowhere,
  skipSpace,
  standsAt,
} from '../../src/protocol/json-text.ts';
import { encodeText } from '../../src/protocol/text.ts';

const of = encodeText;

describe('the end of a string', () => {
  // Short strings are walked, longer ones searched: each case once on either side.
  describe.each(['', 'far behind the place where walking ends: '])('behind "%s"', (before) => {
    test.each([
      ['a" b"', 1],
      ['"', 0],
      ['\\" b"', 4],
      ['\\\\" b"', 2],
      ['\\\\\\" b"', 6],
      ['a\\"b\\"" "', 6],
      ['no end', nowhere],
      ['no end\\"', nowhere],
      ['\\', nowhere],
      ['', nowhere],
    ])('%j', (text, end) => {
      expect(endOfString(of(before + text), 0)).toBe(end === nowhere ? nowhere : before.length + end);
    });
  });

  test('is found when the escape stands where walking goes over to searching', () => {
    for (let length = 0; length < 40; length += 1) {
      for (const escape of ['\\"', '\\\\', '\\\\\\"']) {
        const text = `${'x'.repeat(length)}${escape}`;
        expect([length, escape, endOfString(of(`${text}" "`), 0)]).toEqual([length, escape, text.length]);
      }
    }
  });

  test('of a plain string is nowhere when the string has to be decoded', () => {
    expect(endOfPlainString(of('ab" "'), 0)).toBe(2);
    for (const text of ['a\\n"', 'a\n"', 'a\u001f"', 'a']) expect(endOfPlainString(of(text), 0)).toBe(nowhere);
    expect(endOfPlainString(of('a \u007f"'), 0)).toBe(3);
  });
});

describe('the end of a value', () => {
  test.each([
    ['1, 2', 1],
    ['"a", 1', 3],
    ['[1, [2, "]"], 3], 4', 16],
    ['{"a": {"b": 1}}, 4', 15],
    ['true}', 4],
    [']', nowhere],
    ['}', nowhere],
    ['[1', nowhere],
    ['["a]', nowhere],
    ['x', nowhere],
    ['', nowhere],
  ])('%j', (text, end) => {
    expect(endOfValue(of(text), 0)).toBe(end);
    expect(endOfValue(of(`  ${text}`), 2)).toBe(end === nowhere ? nowhere : end + 2);
  });

  test('of a scalar is where its characters end', () => {
    expect([endOfScalar(of('-1.5e+3,'), 0), endOfScalar(of('null'), 0), endOfScalar(of(',1'), 0)]).toEqual([
      7,
      4,
      nowhere,
    ]);
  });
});

describe('the end of a container whose brackets pair', () => {
  test.each([
    ['[]', 2],
    ['{"a":[1,{"b":"]"}]} ', 19],
    ['[{]}', nowhere],
    ['{[}]', nowhere],
    ['[}', nowhere],
    ['{]', nowhere],
    ['[x]', nowhere],
    ['[[]', nowhere],
    ['["a]', nowhere],
  ])('%j', (text, end) => {
    expect(endOfPaired(of(text), 0, 30)).toBe(end);
  });

  test('is nowhere past the levels that are allowed, and past those that are kept count of', () => {
    expect([endOfPaired(of('[[]]'), 0, 2), endOfPaired(of('[[]]'), 0, 1)]).toEqual([4, nowhere]);
    const nested = (levels: number): number => endOfPaired(of('{'.repeat(levels) + '}'.repeat(levels)), 0, 1000);
    expect([nested(31), nested(32)]).toEqual([62, nowhere]);
  });
});

describe('depth', () => {
  test('is how many containers are open at once, not how many there are', () => {
    expect([isDeeperThan(of('[[],{},[]]'), 2), isDeeperThan(of('[[],{},[]]'), 1)]).toEqual([false, true]);
    expect(isDeeperThan(of('1'), 0)).toBe(false);
  });

  test('does not count brackets within strings', () => {
    expect(isDeeperThan(of('["[[[[", {"\\"{{{": "{{{{"}]'), 2)).toBe(false);
  });

  test('of text that breaks off in a string is what it was until then', () => {
    expect([isDeeperThan(of('[["[[[['), 2), isDeeperThan(of('[[["'), 2)]).toEqual([false, true]);
  });
});

test('white space is what JSON takes for it', () => {
  expect(skipSpace(of(' \t\r\n1'), 0)).toBe(4);
  for (const text of ['\u000b', '\u0000', '\f', '\u00a0'])
    expect([skipSpace(of(text), 0), isBlank(of(text))]).toEqual([0, false]);
  expect([isBlank(of('')), isBlank(of(' \r\n')), isBlank(of(' x'))]).toEqual([true, true, false]);
});

test('a text stands where all of it stands', () => {
  expect(standsAt(of('xabc'), 1, of('abc'))).toBe(true);
  for (const text of ['xabd', 'xab', 'abc']) expect(standsAt(of(text), 1, of('abc'))).toBe(false);
});
