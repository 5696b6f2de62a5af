import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isBadPath, isMeant, pathPattern } from '../src/path-pattern.ts';

describe('a path into a message', () => {
  test.each([
    ['params.arguments.password', ['params', 'arguments', 'password']],
    ['$.params.arguments.password', ['params', 'arguments', 'password']],
    ['result.content[*].text', ['result', 'content', '*', 'text']],
    ['result.content.*.text', ['result', 'content', '*', 'text']],
    ["a['b.c'][0]", ['a', 'b.c', '0']],
    ['$["a b"].c', ['a b', 'c']],
    ['params._meta.io-x/y', ['params', '_meta', 'io-x/y']],
    ['/params/arguments/password', ['params', 'arguments', 'password']],
    ['/a~1b/*/~0', ['a/b', '*', '~']],
  ])('%s is read', (text, steps) => {
    expect(pathPattern(text)).toEqual(steps);
  });

  test.each([
    ['', 'is the whole message'],
    ['$', 'is the whole message'],
    ['a..b', '"..b" is no step'],
    ['a.', '"." is no step'],
    ['a[', '"[" is no step'],
    ['a[b]', '"[b]" is no step'],
    ["a['b", '"[\'b" is no step'],
    ['/a~2', '~ stands before 0 or 1'],
  ])('%j is none, and what would be is said', (text, problem) => {
    const read = pathPattern(text);
    expect(isBadPath(read) && read.problem).toContain(problem);
    expect(isBadPath(read) && read.problem).toContain('result.content[*].text');
  });

  test('any text is read or refused, and what is read has a step', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const read = pathPattern(text);
        expect(isBadPath(read) ? read.problem.length : read.length).toBeGreaterThan(0);
      }),
    );
  });
});

test('a pattern means the places of its own depth, whatever stands for a star', () => {
  expect(isMeant(['a', '*', 'b/c'], '/a/7/b~1c')).toBe(true);
  expect(isMeant(['a', '*', 'b/c'], '/a/7/b/c')).toBe(false);
  expect(isMeant(['a', '*'], '/a')).toBe(false);
  expect(isMeant(['a'], '')).toBe(false);
  expect(isMeant(['a'], '/b')).toBe(false);
});
