import { Environment } from '@marcbachmann/cel-js';
import { describe, expect, test } from 'vitest';
import { childrenOf, conjunctsOf, pathOf, textOf, textsOf } from '../../src/rules/syntax.ts';

const environment = new Environment({ unlistedVariablesAreDyn: true, enableOptionalTypes: true });
const read = (text: string) => environment.parse(text).ast;

describe('the tree of a condition', () => {
  test.each<[string, number]>([
    ['1', 0],
    ['a', 0],
    ['a.b', 1],
    ['a.?b', 1],
    ['a["b"]', 2],
    ['size(a)', 1],
    ['a.startsWith(b)', 2],
    ['[a, b, c]', 3],
    ['{a: b, c: d}', 4],
    ['!a', 1],
    ['-a', 1],
    ['a + b', 2],
    ['a ? b : c', 3],
  ])('%s has %i parts', (text, parts) => {
    expect(childrenOf(read(text))).toHaveLength(parts);
  });

  test('is taken apart where all of it has to be true', () => {
    expect(conjunctsOf(read('a && (b && c) && (d || e)'))).toHaveLength(4);
    expect(conjunctsOf(read('a || b'))).toHaveLength(1);
  });

  test('has paths of plain names, texts, and lists of texts', () => {
    expect([pathOf(read('a.b.c')), pathOf(read('a["b"]')), pathOf(read('f().b'))]).toEqual([
      'a.b.c',
      undefined,
      undefined,
    ]);
    expect([textOf(read('"x"')), textOf(read('5'))]).toEqual(['x', undefined]);
    expect([textsOf(read('["x", "y"]')), textsOf(read('["x", 5]')), textsOf(read('a'))]).toEqual([
      ['x', 'y'],
      undefined,
      undefined,
    ]);
  });
});
