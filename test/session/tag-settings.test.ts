import { describe, expect, test } from 'vitest';
import { checkedTagSettings, strictest, tagLimitNames, tagTimeNames } from '../../src/session/tag-settings.ts';

const invalid = (message: string) =>
  expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringContaining(message) as string }) as Error;

describe('limits and times by tag', () => {
  test('are what was asked for, and nothing where nothing was', () => {
    expect(checkedTagSettings()).toEqual(new Map());
    const asked = { a: { limits: { pendingPerSession: 1 } }, b: {} };
    expect([...checkedTagSettings(asked)]).toEqual([
      ['a', { limits: { pendingPerSession: 1 }, times: {} }],
      ['b', { limits: {}, times: {} }],
    ]);
  });

  test('are refused where no session can have one of its own', () => {
    const sessions = { a: { limits: { sessions: 3 } as object } };
    expect(() => checkedTagSettings(sessions)).toThrow(invalid('limits.sessions cannot be set by tag'));
    const initializeMs = { a: { times: { initializeMs: 3 } as object } };
    expect(() => checkedTagSettings(initializeMs)).toThrow(invalid('times.initializeMs cannot be set by tag'));
    expect(() => checkedTagSettings({ a: { limits: { pendingPerSession: 0 } } })).toThrow(
      invalid('pendingPerSession is 0'),
    );
  });

  test('of several tags at once are the smallest of each', () => {
    const one = { limits: { pendingPerSession: 5, heldFramesPerSession: 9 }, times: { pingMs: Infinity } };
    const other = { limits: { pendingPerSession: 3 }, times: { pingMs: 7, drainMs: Infinity } };
    const both = { limits: { pendingPerSession: 3, heldFramesPerSession: 9 }, times: { pingMs: 7, drainMs: Infinity } };
    expect([strictest([one, other]), strictest([other, one]), strictest([])]).toEqual([
      both,
      both,
      { limits: {}, times: {} },
    ]);
  });

  test('are none of the whole process', () => {
    const names: readonly string[] = [...tagLimitNames, ...tagTimeNames];
    expect(names.filter((name) => /Total$|^sessions|^frameBytes|^buffer|^halfOpen|^initialize/.test(name))).toEqual([]);
  });
});
