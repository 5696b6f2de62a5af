import { describe, expect, test } from 'vitest';
import { readBreakpoint } from '../../src/rules/read-breakpoint.ts';
import { call, sceneOf } from './scenes.ts';

function ruleOf(said: object) {
  const read = readBreakpoint(said);
  if ('problem' in read) throw new Error(read.problem);
  return read.ruleOf('breakpoint b1');
}

describe('a breakpoint', () => {
  test('becomes a rule that pauses what is asked for by members and by a condition, all of it together', () => {
    const rule = ruleOf({
      kind: 'request',
      method: 'tools/call',
      direction: 'client-to-server',
      when: 'frame.name == "a" || frame.name == "b"',
      timeoutMs: 5,
      byDefault: 'block',
      scope: 'exchange',
    });
    expect(rule.actions).toEqual([{ pause: { ms: 5, default: 'block', scope: 'exchange' } }]);
    const holds = (name: string, method = 'tools/call'): boolean =>
      rule.condition!.holds(sceneOf({ message: { ...call(name), method } }));
    expect([holds('a'), holds('b'), holds('c'), holds('a', 'prompts/get')]).toEqual([true, true, false, false]);
  });

  test('that says nothing means every frame', () => {
    expect(ruleOf({})).toMatchObject({ id: 'breakpoint b1', condition: undefined, breakpoint: undefined });
  });

  test('may mean a transition and one session', () => {
    const rule = ruleOf({ transition: { to: 'active' }, session: 's7' });
    expect(rule).toMatchObject({ breakpoint: { from: undefined, to: 'active' }, session: 's7' });
  });

  test('looks for a method letter by letter, whatever is in it', () => {
    const method = 'a" || "b\\';
    const rule = ruleOf({ method });
    expect(rule.condition!.holds(sceneOf({ message: { ...call('x'), method } }))).toBe(true);
    expect(rule.condition!.holds(sceneOf({ message: { ...call('x'), method: 'b' } }))).toBe(false);
  });
});

test.each([
  [{ when: 'frame.metod == "x"' }, /^when, character 7: 'frame' has no 'metod'\. Did you mean 'method'/],
  [{ when: 'frame.name) || (true' }, /^when, character \d+: /],
  [{ timeoutMs: 'long' }, /^timeoutMs: expected number/],
  [{ kind: 'response', method: 'x' }, /^method: A response has no method$/],
  [[], /^expected object/],
])('%j is refused in a sentence', (said, sentence) => {
  const read = readBreakpoint(said);
  expect('problem' in read ? read.problem : '').toMatch(sentence);
});
