import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Condition, parseCondition } from '../../src/rules/condition.ts';
import type { Rule } from '../../src/rules/rule-file.ts';
import { RuleIndex } from '../../src/rules/rule-index.ts';
import { call, contextOf, sceneOf } from './scenes.ts';

function ruleOf(when: string): Rule {
  const condition = parseCondition(when);
  if (!(condition instanceof Condition)) throw new Error(condition.message);
  return { id: when, priority: 0, breakpoint: undefined, condition, actions: [], onError: 'open', files: new Map() };
}

const always: Rule = { ...ruleOf('true'), id: 'always', condition: undefined };

describe('the index', () => {
  test('finds what may be meant, in order, and nothing else', () => {
    const index = new RuleIndex([
      ruleOf('frame.method == "tools/call" && frame.name == "a"'),
      always,
      ruleOf('frame.method == "tools/call"'),
      ruleOf('frame.name == "b"'),
      ruleOf('frame.direction == "server-to-client"'),
      ruleOf('frame.kind == "notification"'),
      ruleOf('frame.params.name == "c"'),
    ]);
    const found = (facts: Parameters<typeof contextOf>[0]) => index.find(contextOf(facts)).rules.map(({ id }) => id);
    expect(found({ message: call('a') })).toEqual([
      'frame.method == "tools/call" && frame.name == "a"',
      'always',
      'frame.method == "tools/call"',
    ]);
    expect(found({ message: call('b') })).toEqual(['always', 'frame.method == "tools/call"', 'frame.name == "b"']);
    expect(found({ message: { id: 1, method: 'other' } })).toEqual(['always', 'frame.params.name == "c"']);
    expect(found({ message: { method: 'x', params: { name: 'z' } } })).toEqual([
      'always',
      'frame.kind == "notification"',
    ]);
    expect(found({ message: { id: 1, result: {} }, direction: 'server-to-client' })).toContain(
      'frame.direction == "server-to-client"',
    );
  });

  test('does not read the name where no rule asks for it', () => {
    const index = new RuleIndex([ruleOf('frame.method == "tools/call" && frame.bytes > 5')]);
    const frame = (method: string) => ({
      ...{ direction: 'client-to-server', kind: 'request', method },
      get name(): string {
        throw new Error('was read');
      },
    });
    expect(index.find(frame('tools/call')).rules).toHaveLength(1);
    expect(index.find(frame('x')).rules).toHaveLength(0);
  });

  test('leaves out no rule that would hold, or fail, whatever the rule and the frame', () => {
    const value = fc.constantFrom('"a"', '"b"', '"tools/call"', '"request"', '"response"', '""');
    const atom = fc.oneof(
      fc
        .tuple(fc.constantFrom('frame.method', 'frame.name', 'frame.kind', 'frame.params.name'), value)
        .map(([left, right]) => `${left} == ${right}`),
      fc
        .tuple(fc.constantFrom('frame.method', 'frame.name'), value, value)
        .map(([left, a, b]) => `${left} in [${a}, ${b}]`),
      fc.constantFrom('frame.bytes > 60', 'true', 'has(frame.params)'),
    );
    const { when } = fc.letrec<{ when: string }>((tie) => ({
      when: fc.oneof(
        { maxDepth: 3 },
        atom,
        fc.tuple(tie('when'), fc.constantFrom('&&', '||'), tie('when')).map(([a, op, b]) => `(${a} ${op} ${b})`),
        tie('when').map((inner) => `!(${inner})`),
      ),
    }));
    const message = fc.constantFrom(
      call('a'),
      call('b'),
      { id: 1, method: 'a' },
      { id: 1, method: 'tools/call', params: { name: 5 } },
      { method: 'b', params: {} },
      { id: 1, result: {} },
    );
    fc.assert(
      fc.property(fc.array(when, { minLength: 1, maxLength: 6 }), message, (texts, sent) => {
        const all = texts.map(ruleOf);
        const found = new Set(new RuleIndex(all).find(contextOf({ message: sent })).rules);
        for (const rule of all)
          if (!found.has(rule)) expect(rule.condition?.holds(sceneOf({ message: sent }))).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});
