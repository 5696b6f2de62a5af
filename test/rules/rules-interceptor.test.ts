import { describe, expect, test } from 'vitest';
import type { Rule } from '../../src/rules/rule-file.ts';
import { BoundedPauseDesk, defaultPauseLimits } from '../../src/rules/pause-desk.ts';
import { RulesInterceptor } from '../../src/rules/rules-interceptor.ts';
import type { InterceptAnswer } from '../../src/session/interception.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { KeptLog } from '../runtime/kept-log.ts';
import { rulesOf } from './rule-sets.ts';
import { type Facts, call, contextOf } from './scenes.ts';

function stage(rules: readonly Rule[], pausedFramesMax = 4) {
  const clock = new VirtualClock();
  const desk = new BoundedPauseDesk(clock, { ...defaultPauseLimits, pausedFramesMax });
  const log = new KeptLog();
  const reached: Rule[] = [];
  const interceptor = new RulesInterceptor(rules, { desk, log, breakpointsOf: () => reached.splice(0) });
  const ask = (facts: Facts = {}): InterceptAnswer => interceptor.intercept(contextOf(facts));
  return { clock, desk, log, ask, reached };
}

/** The actions of a list, as what the test knows them to be. */
const several = <T>(answer: InterceptAnswer): T => answer as unknown as T;

const answersTo = (line: string, facts?: Facts): InterceptAnswer => stage(rulesOf(line)).ask(facts);
const notification = { message: { method: 'x' } };

describe('rules', () => {
  test('that do not mean a frame say nothing of it', () => {
    expect(answersTo('{ id: a, when: frame.method == "x", do: [block: {}] }')).toBeUndefined();
    expect(answersTo('{ id: a, when: frame.bytes > 10000, do: [block: {}] }')).toBeUndefined();
  });

  test.each<[string, string, object[]]>([
    ['block', '{ code: 7, message: No }', [{ by: 'a', action: 'block', code: 7, message: 'No' }]],
    ['mock', '{ result: { x: 1 } }', [{ by: 'a', action: 'mock', result: { x: 1 } }]],
    ['mock', '{ result: null }', [{ by: 'a', action: 'mock', result: null }]],
    ['mock', '{ error: { code: 1, message: no } }', [{ by: 'a', action: 'mock', error: { code: 1, message: 'no' } }]],
    ['mock', '{ file: list.json }', [{ by: 'a', action: 'mock', result: { from: 'list.json' } }]],
    ['delay', '{ ms: 50, scope: exchange }', [{ by: 'a', action: 'delay', delayMs: 50, scope: 'exchange' }]],
    [
      'tag',
      '{ add: [x, y], remove: [z] }',
      [
        { by: 'a', action: 'tag', labels: ['x', 'y'] },
        { by: 'a', action: 'tag', labels: ['z'], isSet: false },
      ],
    ],
    ['fault', '{ kind: drop }', [{ by: 'a', action: 'drop' }]],
    ['fault', '{ kind: close }', [{ by: 'a', action: 'drop', fault: 'close-session' }]],
    ['fault', '{ kind: kill-upstream }', [{ by: 'a', action: 'drop', fault: 'kill-upstream' }]],
    ['fault', '{ kind: error }', [{ by: 'a', action: 'mock', error: { code: -32603, message: 'Internal error' } }]],
    ['fault', '{ kind: slow, bytesPerSecond: 1000 }', [{ by: 'a', action: 'delay', delayMs: 86 }]],
  ])('%s: %s', (action, words, expected) => {
    expect(answersTo(`{ id: a, do: [${action}: ${words}] }`)).toEqual(expected);
  });

  test('that would answer a notification make it vanish', () => {
    expect(answersTo('{ id: a, do: [mock: { result: 1 }] }', notification)).toEqual([{ by: 'a', action: 'block' }]);
    expect(answersTo('{ id: a, do: [fault: { kind: error }] }', notification)).toEqual([{ by: 'a', action: 'drop' }]);
  });

  test('are asked by their priority, and do all that they say, until one ends it', () => {
    const { ask } = stage(
      rulesOf(
        '{ id: late, priority: -1, do: [tag: { add: [late] }] }',
        '{ id: first, priority: 9, do: [tag: { add: [a] }, delay: { ms: 1 }] }',
        '{ id: ends, when: frame.name == "stop", do: [block: {}, tag: { add: [never] }] }',
        '{ id: lets, when: frame.name == "pass", do: [continue: {}] }',
      ),
    );
    const by = (name: string) => several<{ by: string }[]>(ask({ message: call(name) })).map((action) => action.by);
    expect(by('other')).toEqual(['first', 'first', 'late']);
    expect(by('stop')).toEqual(['first', 'first', 'ends']);
    expect(by('pass')).toEqual(['first', 'first']);
  });

  test('that change a message are followed by those that mean the changed one', () => {
    const { ask } = stage(
      rulesOf(
        '{ id: old, when: frame.name == "a", do: [modify: { merge: { params: { name: b } } }] }',
        '{ id: not, when: frame.name == "a", do: [block: {}] }',
        '{ id: new, when: frame.name == "b", do: [tag: { add: [seen] }] }',
        '{ id: look, when: frame.params.arguments.x == 1 && frame.params.name == "b", do: [block: {}] }',
      ),
    );
    const message = { ...call('b', { x: 1 }) };
    expect(ask({ message: call('a', { x: 1 }) })).toEqual([
      { by: 'old', action: 'modify', message },
      { by: 'new', action: 'tag', labels: ['seen'] },
      { by: 'look', action: 'block' },
    ]);
  });

  test('that fail do nothing, or block, as they say; and it is told a number of times', () => {
    const failing = 'when: frame.params.arguments.path == "x", do: [mock: { result: 1 }]';
    const { ask, log } = stage(rulesOf(`{ id: open, ${failing} }`, `{ id: closed, onError: closed, ${failing} }`));
    for (let n = 0; n < 30; n++) {
      expect(ask()).toEqual([{ by: 'closed', action: 'block', message: 'The rule closed could not be asked' }]);
    }
    expect(log.lines[0]).toMatchObject({
      text: 'a rule failed',
      fields: { rule: 'open', reason: 'No such key: path' },
    });
    expect(log.lines.length).toBeLessThan(30);
    const patch = 'do: [modify: { patch: [{ op: remove, path: /none }] }], onError: closed';
    expect(answersTo(`{ id: a, ${patch} }`)).toMatchObject([{ action: 'block' }]);
  });

  test('write a line when that is asked, which says nothing of the body', () => {
    const { ask, log } = stage(rulesOf('{ id: a, do: [log: { level: warn, message: Look here }, log: {}] }'));
    expect(ask({ message: call('secret') })).toBeUndefined();
    expect(log.lines.map(({ level, text }) => [level, text])).toEqual([
      ['warn', 'Look here'],
      ['info', 'a rule matched'],
    ]);
    expect(JSON.stringify(log.lines)).not.toContain('secret');
  });
});

describe('a rule that pauses', () => {
  const line =
    '{ id: hold, when: frame.name == "a", do: [tag: { add: [held] }, pause: { ms: 5000 }, delay: { ms: 1 }] }';
  const after = '{ id: after, do: [tag: { add: [after] }] }';

  test('puts the frame on the desk, and goes on with the rest when it is let', async () => {
    const { ask, desk } = stage(rulesOf(line, after));
    const [tag, pause] = several<{ until: Promise<unknown>; pauseMs: number }[]>(ask({ message: call('a') }));
    expect(tag).toEqual({ by: 'hold', action: 'tag', labels: ['held'] });
    expect(pause).toMatchObject({ by: 'hold', action: 'pause', pauseMs: 6000, otherwise: { action: 'block' } });
    expect(desk.list()).toMatchObject([{ rule: 'hold', method: 'tools/call', message: call('a'), byDefault: 'block' }]);
    desk.resume('p1');
    expect(await pause?.until).toEqual([
      { by: 'hold', action: 'delay', delayMs: 1, scope: undefined },
      { by: 'after', action: 'tag', labels: ['after'] },
    ]);
  });

  test('asks about the changed message who means that', async () => {
    const { ask, desk } = stage(rulesOf(line, '{ id: b, when: frame.name == "b", do: [block: {}] }'));
    const pause = several<{ until: Promise<unknown> }[]>(ask({ message: call('a') }))[1];
    desk.modify('p1', call('b'));
    expect(await pause?.until).toEqual([
      { by: 'hold', action: 'modify', message: call('b') },
      { by: 'hold', action: 'delay', delayMs: 1, scope: undefined },
      { by: 'b', action: 'block' },
    ]);
  });

  test('is decided by a person or by default', async () => {
    const { ask, desk, clock } = stage(rulesOf(line));
    const untils = [1, 2].map(() => several<{ until: Promise<unknown> }[]>(ask({ message: call('a') }))[1]?.until);
    desk.block('p1', 9, 'No');
    clock.advance(5000);
    expect(await untils[0]).toEqual({ by: 'hold', action: 'block', code: 9, message: 'No' });
    expect(await untils[1]).toEqual({ by: 'hold', action: 'block' });
  });

  test('decides by default, at once, when the desk is full', () => {
    const full = stage(rulesOf(line), 0);
    expect(full.ask({ message: call('a') })).toMatchObject([{ action: 'tag' }, { action: 'block' }]);
    const open = stage(rulesOf('{ id: hold, do: [pause: { default: resume }] }'), 0);
    expect(open.ask()).toBeUndefined();
    expect(open.log.lines[0]?.text).toBe('no room for another paused frame');
  });
});

test('a breakpoint that was reached is asked first, and once', () => {
  const rules = rulesOf(
    '{ id: point, on: transition, do: [tag: { add: [point] }] }',
    '{ id: a, do: [tag: { add: [a] }] }',
  );
  const { ask, reached } = stage(rules);
  reached.push(...rules.filter(({ breakpoint }) => breakpoint !== undefined));
  const labels = () => several<{ labels: string[] }[]>(ask()).flatMap((action) => action.labels);
  expect(labels()).toEqual(['point', 'a']);
  expect(labels()).toEqual(['a']);
});
