import { describe, expect, test } from 'vitest';
import { PlacedYaml } from '../src/placed-yaml.ts';

const text = `# what follows is an example
a: 1
b:
  - c: x
    7: seven
  - d
`;

describe('a YAML text', () => {
  const yaml = new PlacedYaml(text);

  test('has a value, and begins where it says something', () => {
    expect(yaml.value).toEqual({ a: 1, b: [{ c: 'x', 7: 'seven' }, 'd'] });
    expect(yaml.faults).toEqual([]);
    expect(yaml.start).toEqual({ line: 2, column: 1 });
  });

  test.each([
    [['b', 0, 'c'], 'key', 4, 5],
    [['b', 0, 'c'], 'value', 4, 8],
    [['b', 0, 7], 'value', 5, 8],
    [['b', 1], 'key', 6, 5],
    // What is not there stands where it would be.
    [['b', 0, 'none'], 'value', 4, 5],
    [['a', 'none'], 'value', 2, 1],
  ] as const)('has %j, its %s, at %i:%i', (path, what, line, column) => {
    expect(yaml.placeOf(path, what)).toEqual({ line, column });
  });

  test('has no place for what is the whole of it', () => {
    expect(yaml.placeOf([], 'key')).toBeUndefined();
    expect(yaml.placeOf(['none'], 'value')).toBeUndefined();
  });

  test('has places within its texts, where they can be laid side by side with what they say', () => {
    const texts = new PlacedYaml(
      'plain: one two\nquoted: "one two"\nblock: |\n  one\n  two\nfolded: >\n  one\n  two\n',
    );
    expect(texts.placeWithin(['plain'], 4)).toEqual({ line: 1, column: 12 });
    expect(texts.placeWithin(['quoted'], 4)).toEqual({ line: 2, column: 14 });
    expect(texts.placeWithin(['block'], 4)).toEqual({ line: 5, column: 3 });
    expect(texts.placeWithin(['folded'], 4)).toBeUndefined();
    expect(texts.placeWithin(['none'], 0)).toBeUndefined();
  });

  test('has keys of one name in many places', () => {
    expect(new PlacedYaml('x: { y: 1 }\ny: [{ y: 2 }]').placesOfKey('y')).toEqual([
      { line: 1, column: 6 },
      { line: 2, column: 1 },
      { line: 2, column: 7 },
    ]);
  });
});

describe('a text that is wrong', () => {
  test.each([
    ['a: [1, 2', 1],
    ['a: 1\na: 2', 2],
    ['a: *nobody', 1],
  ])('%j has a fault on line %i, and no value', (broken, line) => {
    const { faults, value } = new PlacedYaml(broken);
    expect([faults[0]?.line, value]).toEqual([line, undefined]);
  });

  test('is one whose aliases stand for too much', () => {
    const bomb = [...Array(12).keys()].map((n) => `a${n}: &a${n} [${`${n === 0 ? 'x' : `*a${n - 1}`},`.repeat(9)}]`);
    expect(new PlacedYaml(bomb.join('\n'))).toMatchObject({ faults: [{ line: 1, column: 1 }], value: undefined });
  });
});
