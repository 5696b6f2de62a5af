import { describe, expect, test } from 'vitest';
import { readYaml } from '../../src/config/yaml-text.ts';

const text = `version: 1
list:
  - name: one
    deep: { a: 1, b: [x, y] }
  - {}
`;

describe('a place in a text', () => {
  const read = readYaml(text);
  if ('mistakes' in read) throw new Error('it can be read');

  test.each([
    [['version'], 'key', 1, 1],
    [['version'], 'value', 1, 10],
    [['list', 0, 'name'], 'key', 3, 5],
    [['list', 0, 'name'], 'value', 3, 11],
    [['list', 0, 'deep', 'b', 1], 'value', 4, 26],
    [['list', 1], 'value', 5, 5],
    // What is not there stands where it would be.
    [['list', 0, 'none', 'deeper'], 'value', 3, 5],
    [['none'], 'value', 1, 1],
    [[], 'value', 1, 1],
  ] as const)('%j, its %s, is %i:%i', (path, what, line, column) => {
    expect(read.placeOf(path, what)).toEqual({ line, column });
  });
});

describe('what is no YAML', () => {
  test.each([
    ['a: [1, 2', 1, 9],
    ['a: 1\na: 2', 2, 1],
    ['a: "x', 1, 6],
    ['a:\n\t- b', 2, 1],
    ['a: *nobody', 1, 1],
  ])('%j is wrong at %i:%i', (broken, line, column) => {
    const read = readYaml(broken);
    expect('mistakes' in read ? read.mistakes[0] : read).toMatchObject({ line, column });
  });

  test('an alias that stands for too much is refused', () => {
    const bomb = Array.from({ length: 12 }, (_, index) =>
      index === 0 ? 'a0: &a0 [x]' : `a${index}: &a${index} [${`*a${index - 1},`.repeat(9)}]`,
    ).join('\n');
    expect(readYaml(bomb)).toHaveProperty('mistakes');
  });
});
