import { Environment } from '@marcbachmann/cel-js';
import { describe, expect, test } from 'vitest';
import { type Constraint, constraintOf } from '../../src/rules/constraint.ts';

const environment = new Environment({ unlistedVariablesAreDyn: true });

function requiredBy(text: string): Record<string, unknown> {
  const constraint: Constraint = constraintOf(environment.parse(text).ast);
  return Object.fromEntries(
    Object.entries(constraint)
      .filter(([, value]) => value !== undefined && value !== false)
      .map(([key, value]: [string, unknown]) => [key, value instanceof Set ? [...value] : value]),
  );
}

describe('what a condition requires of every frame', () => {
  test.each<[string, object]>([
    ['frame.method == "a"', { methods: ['a'] }],
    ['"a" == frame.method', { methods: ['a'] }],
    ['frame.method in ["a", "b"]', { methods: ['a', 'b'] }],
    ['frame.method == "a" || frame.method == "b"', { methods: ['a', 'b'] }],
    ['frame.method == "a" && frame.bytes > 5 && frame.name == "n"', { methods: ['a'], names: ['n'] }],
    ['frame.method in ["a", "b"] && frame.method in ["b", "c"]', { methods: ['b'] }],
    [
      'frame.kind == "request" && frame.direction == "client-to-server"',
      { kinds: ['request'], directions: ['client-to-server'] },
    ],
    ['frame.params.name == "n"', { names: ['n'], namesMayFail: true }],
    ['(frame.method == "a" && frame.name == "n") || frame.method == "b"', { methods: ['a', 'b'] }],
  ])('%s', (text, expected) => {
    expect(requiredBy(text)).toEqual(expected);
  });

  test.each([
    'frame.method != "a"',
    '!(frame.method == "a")',
    'frame.method == "a" || frame.bytes > 5',
    'frame.method == meta.route',
    'frame.method in meta.session_tags',
    'frame.method in ["a", meta.route]',
    'frame.method.startsWith("a")',
    'frame.method == "a" ? true : true',
    'true',
  ])('is nothing for %s', (text) => {
    expect(requiredBy(text)).toEqual({});
  });
});
