import { describe, expect, test } from 'vitest';
import { RuleYaml, problemText } from '../../src/rules/yaml-places.ts';

describe('a YAML text', () => {
  test('has a value, and the place of everything in it', () => {
    const yaml = new RuleYaml('a: 1\nb:\n  - c: x\n  - d\n');
    expect(yaml.value).toEqual({ a: 1, b: [{ c: 'x' }, 'd'] });
    expect(yaml.problemAt(['b', 0, 'c'], 'No.')).toEqual({ line: 3, column: 5, where: 'b[0].c', message: 'No.' });
    expect(yaml.problemAt(['b', 1], 'No.')).toMatchObject({ line: 4, column: 5 });
    expect(yaml.problemAt(['b', 0, 'none'], 'No.')).toMatchObject({ line: 3, column: 5, where: 'b[0].none' });
    expect(yaml.problemAt([], 'No.')).toMatchObject({ line: 1, column: 1, where: '' });
  });

  test.each<[string, string, number, number, number]>([
    ['plain', 'w: frame.x == 1', 6, 1, 10],
    ['quoted', `w: "frame.x == 1"`, 6, 1, 11],
    ['a block', 'w: |\n  frame.y &&\n    frame.x == 1\n', 21, 3, 13],
    ['folded, by its beginning', 'w: >\n  frame.y &&\n  frame.x == 1\n', 17, 1, 1],
  ])('has places within a text that is %s', (_how, text, offset, line, column) => {
    expect(new RuleYaml(text).problemWithin(['w'], offset, 'No.')).toMatchObject({ line, column });
  });

  test.each<[string, string, object]>([
    ['is broken', 'a: [1', { line: 1 }],
    ['says a key twice', 'a: 1\na: 2', { line: 2, column: 1, message: 'Map keys must be unique.' }],
    ['has an alias to nothing', 'a: *b', { message: expect.stringContaining('b') }],
    [
      'has the key __proto__',
      'a:\n  __proto__: 1',
      { line: 2, column: 3, message: "The key '__proto__' is not taken." },
    ],
  ])('that %s has problems and no value', (_what, text, problem) => {
    const yaml = new RuleYaml(text);
    expect(yaml.value).toBeUndefined();
    expect(yaml.problems[0]).toMatchObject(problem);
  });

  test('that grows out of its aliases is not built', () => {
    const levels = Array.from(
      { length: 12 },
      (_, n) =>
        `a${n}: &a${n} [${Array(10)
          .fill(n === 0 ? 'x' : `*a${n - 1}`)
          .join(', ')}]`,
    );
    const yaml = new RuleYaml(levels.join('\n'));
    expect(yaml.value).toBeUndefined();
    expect(yaml.problems[0]?.message).toContain('alias');
  });
});

test('a problem is told as compilers tell theirs', () => {
  expect(problemText('rules.yaml', { line: 3, column: 5, where: 'rules[0]', message: 'No.' })).toBe(
    'rules.yaml:3:5: rules[0]: No.',
  );
  expect(problemText('x', { line: 1, column: 1, where: '', message: 'No.' })).toBe('x:1:1: No.');
});
