import { describe, expect, test } from 'vitest';
import { type ReadOptions, type RuleFile, readRuleFile } from '../../src/rules/rule-file.ts';
import { ruleFileLimits } from '../../src/rules/rule-schema.ts';
import { problemText } from '../../src/rules/yaml-places.ts';

const fileOf = (text: string, options?: ReadOptions): RuleFile => {
  const read = readRuleFile(text, options);
  if ('problems' in read) throw new Error(read.problems.map((problem) => problemText('f', problem)).join('\n'));
  return read;
};

const problemsOf = (text: string, options?: ReadOptions): readonly string[] => {
  const read = readRuleFile(text, options);
  return 'problems' in read ? read.problems.map((problem) => problemText('f', problem)) : [];
};

const rules = (...lines: readonly string[]): string =>
  ['version: 1', 'rules:', ...lines.map((line) => `  ${line}`)].join('\n');

describe('a rule file', () => {
  test('has its rules in the order in which they are asked, without those that are switched off', () => {
    const { rules: read } = fileOf(
      rules(
        '- { id: a, do: [block: {}] }',
        '- { id: b, priority: 5, do: [block: {}] }',
        '- { id: c, enabled: false, do: [block: {}] }',
        '- { id: d, do: [block: {}] }',
        '- { id: e, priority: -1, do: [block: {}] }',
      ),
    );
    expect(read.map(({ id }) => id)).toEqual(['b', 'a', 'd', 'e']);
  });

  test('has conditions, breakpoints, and the contents of the files that its mocks name', () => {
    const text = rules(
      '- { id: a, when: "frame.name == \'x\'", do: [mock: { file: list.json }] }',
      '- { id: b, on: transition, to: active, do: [pause: {}] }',
    );
    const asked: string[] = [];
    const read = fileOf(text, {
      readMock: (name) => {
        asked.push(name);
        return { text: '{"tools":[]}' };
      },
    });
    expect(asked).toEqual(['list.json']);
    expect(read.rules[0]).toMatchObject({ condition: { text: "frame.name == 'x'" }, onError: 'open' });
    expect(read.rules[0]?.files.get('list.json')).toEqual({ tools: [] });
    expect(read.rules[1]).toMatchObject({ breakpoint: { from: undefined, to: 'active' }, condition: undefined });
  });

  test('with mistakes is told all of them, each where it stands and with what was meant', () => {
    const text = rules(
      '- id: a',
      '  whn: "true"',
      '  do: [{ blok: {} }]',
      '- id: b c',
      '  onError: opn',
      '  do: []',
      '- id: d',
      '  do: [{ delay: { ms: -1 } }, { modify: {} }, { mock: {} }, {}]',
    );
    expect(problemsOf(text)).toEqual([
      "f:5:12: rules[0].do[0].blok: There is no key 'blok' here. Did you mean 'block'?",
      'f:5:10: rules[0].do[0]: Each entry of `do` is one action: `- block: {}`.',
      "f:4:5: rules[0].whn: There is no key 'whn' here. Did you mean 'when'?",
      'f:6:5: rules[1].id: It has to be 1 to 100 letters, digits, dots, dashes and underscores.',
      expect.stringContaining('f:8:5: rules[1].do: Too small'),
      "f:7:5: rules[1].onError: It has to be one of open, closed. Did you mean 'open'?",
      expect.stringContaining('f:10:21: rules[2].do[0].delay.ms: Too small'),
      'f:10:35: rules[2].do[1].modify: It wants either patch or merge.',
      'f:10:51: rules[2].do[2].mock: It wants one of result, error and file.',
      'f:10:63: rules[2].do[3]: Each entry of `do` is one action: `- block: {}`.',
    ]);
  });

  test('with mistakes in its conditions is told where in the condition they are', () => {
    const text = rules(
      '- id: a',
      '  when: frame.metod == "x"',
      '  do: [block: {}]',
      '- id: a',
      '  when: |',
      '    frame.method == "x" &&',
      '    fram.name == "y"',
      '  do: [block: {}]',
    );
    expect(problemsOf(text)).toEqual([
      "f:6:5: rules[1].id: There is a rule 'a' already: rules[0].",
      "f:4:17: rules[0].when: 'frame' has no 'metod'. Did you mean 'method'?",
      "f:9:7: rules[1].when: There is no 'fram'. Did you mean 'frame'?",
    ]);
  });

  test.each<[string, ReadOptions['readMock'], string]>([
    ['cannot be read', () => ({ problem: 'there is no such file' }), "'x.json': there is no such file."],
    ['is no JSON', () => ({ text: '{' }), "'x.json': it is no JSON:"],
    ['is too large', () => ({ text: ' '.repeat(ruleFileLimits.mockFileBytesMax + 1) }), "'x.json': it has more than"],
    ['nobody can read', undefined, "'x.json': files cannot be read here."],
  ])('with a mock that %s is told so', (_what, readMock, message) => {
    const text = rules('- { id: a, do: [mock: { file: x.json }] }');
    expect(problemsOf(text, readMock === undefined ? {} : { readMock })[0]).toContain(message);
  });

  test('with faults is refused where these are switched off', () => {
    const text = rules('- { id: a, do: [fault: { kind: drop }] }');
    expect(problemsOf(text)).toEqual([]);
    expect(problemsOf(text, { takesFaults: false })).toEqual([
      'f:3:19: rules[0].do[0].fault: Faults are switched off here.',
    ]);
  });

  test.each<[string, string, string]>([
    ['nothing', '', 'f:1:1: Expected object, received null.'],
    ['a list', '[]', 'f:1:1: Expected object, received array.'],
    ['no version', 'rules: []', 'f:1:1: version: It is missing. It has to be 1.'],
    ['another version', 'version: 2', 'f:1:1: version: It has to be 1.'],
    ['a bomb', 'a: &a [x]\nb: &b [*a, *a]', 'f:1:1: version:'],
    ['__proto__', 'version: 1\n__proto__: {}', "f:2:1: The key '__proto__' is not taken."],
    ['too much', ' '.repeat(ruleFileLimits.fileBytesMax + 1), 'f:1:1: A rule file has at most'],
    [
      'from without a transition',
      rules('- { id: a, from: active, do: [block: {}] }'),
      '`from` and `to` want `on: transition`.',
    ],
    ['a rule without actions', rules('- { id: a }'), 'rules[0].do: It is missing: expected array'],
  ])('that is %s is refused', (_what, text, message) => {
    expect(problemsOf(text)[0]).toContain(message);
  });

  test('with too many rules is refused, and is not told of each', () => {
    const many = Array.from({ length: ruleFileLimits.rulesMax + 1 }, (_, n) => `- { id: r${n}, do: [block: {}] }`);
    expect(problemsOf(rules(...many))).toEqual([expect.stringContaining('f:2:1: rules: Too big')]);
    const wrong = Array.from({ length: 500 }, (_, n) => `- { id: r${n}, x: 1, do: [block: {}] }`);
    expect(problemsOf(rules(...wrong))).toHaveLength(100);
  });
});
