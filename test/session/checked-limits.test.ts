import { describe, expect, test } from 'vitest';
import { checkedLimits, checkedTimes } from '../../src/session/checked-limits.ts';
import { defaultLimits, defaultTimes } from '../../src/session/limits.ts';

const refused = (message: string): unknown =>
  expect.objectContaining({ name: 'LocalError', code: 'INVALID_OPTION', message: expect.stringContaining(message) });

describe('limits and times', () => {
  test('that are the defaults are allowed, all of them', () => {
    expect([checkedLimits(defaultLimits), checkedTimes(defaultTimes)]).toEqual([defaultLimits, defaultTimes]);
  });

  test('that nobody asked for are none, and undefined asks for nothing', () => {
    expect([checkedLimits(), checkedTimes()]).toEqual([{}, {}]);
    expect(checkedLimits({ sessions: undefined, pendingTotal: 1 } as object)).toEqual({ pendingTotal: 1 });
  });

  test.each(Object.keys(defaultLimits).filter((name) => !name.endsWith('Ratio')))('%s can be switched off', (name) => {
    expect(checkedLimits({ [name]: Infinity })).toEqual({ [name]: Infinity });
  });

  test.each(Object.keys(defaultTimes))('%s can be switched off', (name) => {
    expect(checkedTimes({ [name]: Infinity })).toEqual({ [name]: Infinity });
    expect(() => checkedTimes({ [name]: 0 })).toThrow(refused(`times.${name} is 0; allowed is milliseconds above 0`));
  });

  test.each<[object, string]>([
    [{ pendingPerSession: -1 }, 'limits.pendingPerSession is -1; allowed is a whole number from 1, or Infinity.'],
    [{ pendingPerSession: 0 }, 'limits.pendingPerSession is 0; allowed is a whole number from 1, or Infinity.'],
    [{ heldFramesPerSession: -1 }, 'allowed is a whole number from 0, or Infinity.'],
    [{ sessions: 1.5 }, 'limits.sessions is 1.5;'],
    [{ sessions: Number.NaN }, 'limits.sessions is NaN;'],
    [{ sessions: '10' }, 'limits.sessions is of type string;'],
    [{ sessions: null }, 'limits.sessions is of type object;'],
    [{ pendingSoftRatio: 0 }, 'limits.pendingSoftRatio is 0; allowed is a number above 0, up to 1.'],
    [{ pendingSoftRatio: Infinity }, 'limits.pendingSoftRatio is Infinity;'],
    [{ pendingMax: 3 }, 'limits has no pendingMax; it has pendingPerSession, '],
    [JSON.parse('{"__proto__":{"sessions":1}}') as object, 'limits has no __proto__;'],
    [{ constructor: 1 }, 'limits has no constructor;'],
  ])('like %j are refused with what is allowed', (asked, message) => {
    expect(() => checkedLimits(asked)).toThrow(refused(message));
  });

  test('of which nothing is wanted can be 0 where that makes sense', () => {
    const none = { heldFramesPerSession: 0, sessions: 0, questionsPerSession: 0 };
    expect(checkedLimits(none)).toEqual(none);
  });
});
