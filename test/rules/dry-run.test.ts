import { describe, expect, test } from 'vitest';
import { dryRun, dryRunText } from '../../src/rules/dry-run.ts';
import { rulesOf } from './rule-sets.ts';
import { call, contextOf } from './scenes.ts';

const passes = rulesOf('{ id: none, enabled: false, do: [block: {}] }');

function reportOn(line: string, names: readonly string[], current = passes) {
  const run = dryRun(current, rulesOf(line));
  for (const name of names) run.intercept(contextOf({ message: call(name) }));
  return run.report();
}

describe('a dry run', () => {
  test.each<[string, string]>([
    ['block: {}', 'block'],
    ['mock: { result: 1 }', 'mock'],
    ['delay: { ms: 1 }', 'delay'],
    ['pause: {}', 'pause'],
    ['modify: { merge: {} }', 'modify'],
    ['fault: { kind: drop }', 'fault'],
    ['tag: { add: [x] }', 'pass'],
    ['log: {}', 'pass'],
    ['continue: {}', 'pass'],
  ])('counts what %s would do', (action, fate) => {
    expect(reportOn(`{ id: r, do: [${action}] }`, ['a'])).toMatchObject({
      next: { [fate]: 1 },
      byRule: { r: { [fate]: 1 } },
    });
  });

  test('takes what ends it for the fate of a frame, and else the last that is done to it', () => {
    const line = '{ id: r, do: [delay: { ms: 1 }, modify: { merge: {} }, block: {}, mock: { result: 1 }] }';
    expect(reportOn(line, ['a']).next).toMatchObject({ block: 1, delay: 0 });
    expect(reportOn('{ id: r, do: [delay: { ms: 1 }, tag: { add: [x] }] }', ['a']).next).toMatchObject({ delay: 1 });
  });

  test('counts a rule that fails as what it does then', () => {
    const failing = 'when: frame.params.arguments.x == 1, do: [mock: { result: 1 }]';
    expect(reportOn(`{ id: r, ${failing} }`, ['a']).next).toMatchObject({ pass: 1 });
    expect(reportOn(`{ id: r, onError: closed, ${failing} }`, ['a']).next).toMatchObject({ block: 1 });
  });

  test('counts by session, of the first two hundred', () => {
    const run = dryRun(passes, rulesOf('{ id: r, when: frame.name == "a", do: [block: {}] }'));
    for (const name of ['a', 'b', 'a']) run.intercept(contextOf({ message: call(name), sessionId: 'one' }));
    for (let n = 0; n < 300; n++) run.intercept(contextOf({ message: call('b'), sessionId: `s${n}` }));
    const { bySession, frames } = run.report();
    expect(bySession['one']).toEqual({ frames: 3, different: 2, next: { block: 2, pass: 1 } });
    expect([Object.keys(bySession).length, frames]).toEqual([200, 303]);
  });

  test('compares with the rules that are in force by now', () => {
    const line = '{ id: r, do: [block: {}] }';
    const run = dryRun(passes, rulesOf(line));
    run.intercept(contextOf());
    run.compareWith(rulesOf(line));
    run.intercept(contextOf());
    expect(run.report()).toMatchObject({ frames: 2, different: 1, current: { pass: 1, block: 1 } });
  });

  test('is told in a line', () => {
    const names = ['a', 'b', 'a', 'c'];
    expect(dryRunText(reportOn('{ id: r, when: frame.name == "a", do: [block: {}] }', names))).toBe(
      'would block 2 of 4 (now 0); 2 would meet another fate',
    );
    expect(dryRunText(reportOn('{ id: r, do: [log: {}] }', names))).toBe('would let all of 4 pass, as now');
  });

  test('keeps a few examples, and counts the rest', () => {
    const report = reportOn('{ id: r, do: [block: {}] }', Array<string>(50).fill('a'));
    expect([report.different, report.examples.length]).toEqual([50, 20]);
  });
});
