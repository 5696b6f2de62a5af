/** Rules from the text of a file, for tests that care for what they do. */
import { type Rule, readRuleFile } from '../../src/rules/rule-file.ts';
import type { RuleSet } from '../../src/rules/rule-engine.ts';
import { problemText } from '../../src/rules/yaml-places.ts';

/** @param lines the entries of `rules`. */
export function rulesOf(...lines: readonly string[]): readonly Rule[] {
  const read = readRuleFile(['version: 1', 'rules:', ...lines.map((line) => `  - ${line}`)].join('\n'), {
    readMock: (name) => ({ text: JSON.stringify({ from: name }) }),
  });
  if ('problems' in read) throw new Error(read.problems.map((problem) => problemText('rules', problem)).join('\n'));
  return read.rules;
}

export const ruleSetOf = (...lines: readonly string[]): RuleSet => ({ rules: rulesOf(...lines), plugins: [] });
