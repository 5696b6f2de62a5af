import { describe, expect, test } from 'vitest';
import {
  builtInTagRules,
  evaluateTags,
  nextTagChange,
  tagNames,
  type TagRule,
  tagRulesMax,
  tagThresholds,
  type TagView,
} from '../../src/session/tags.ts';

/** A young, quiet session about which there is nothing to say. */
const plain: TagView = {
  now: 1000,
  openedAt: 0,
  lastFrameAt: 1000,
  frames: 1,
  framesPerSecond: 0,
  recentOutcomes: 0,
  recentNotResult: 0,
  recentLatencies: 0,
  recentSlow: 0,
  largestFrameBytes: 100,
  pending: 0,
  pendingLimit: 1000,
  pendingSoftRatio: 0.8,
  hasPrincipal: false,
};

function tagsOf(view: Partial<TagView>): readonly string[] {
  return tagNames(builtInTagRules, evaluateTags(builtInTagRules, { ...plain, ...view }));
}

test('the thresholds are those that the documentation promises', () => {
  expect(tagThresholds).toEqual({
    longRunningMs: 300_000,
    highVolumeFrames: 1000,
    highVolumePerSecond: 50,
    rateWindowMs: 10_000,
    rateBuckets: 10,
    errorProneOutcomes: 5,
    errorProneWindow: 20,
    slowMs: 5000,
    slowWindow: 50,
    slowPercentile: 0.95,
    idleMs: 60_000,
    largePayloadBytes: 1_048_576,
  });
});

describe('S9 a built-in tag', () => {
  test('is not there without a reason', () => {
    expect(tagsOf({})).toEqual([]);
  });

  test.each<[string, Partial<TagView>, Partial<TagView>]>([
    ['long-running', { now: 300_000, lastFrameAt: 300_000 }, { now: 300_001, lastFrameAt: 300_001 }],
    [
      'long-running',
      { openedAt: 200_000, now: 500_000, lastFrameAt: 500_000 },
      { openedAt: 200_000, now: 500_001, lastFrameAt: 500_001 },
    ],
    ['high-volume', { frames: 1000 }, { frames: 1001 }],
    ['high-volume', { framesPerSecond: 50 }, { framesPerSecond: 50.1 }],
    ['authenticated', { hasPrincipal: false }, { hasPrincipal: true }],
    ['error-prone', { recentNotResult: 4 }, { recentNotResult: 5 }],
    ['slow', { recentLatencies: 20, recentSlow: 1 }, { recentLatencies: 20, recentSlow: 2 }],
    ['slow', { recentLatencies: 40, recentSlow: 2 }, { recentLatencies: 40, recentSlow: 3 }],
    ['slow', { recentLatencies: 0, recentSlow: 0 }, { recentLatencies: 1, recentSlow: 1 }],
    ['idle', { now: 60_999 }, { now: 61_000 }],
    ['large-payload', { largestFrameBytes: 1_048_576 }, { largestFrameBytes: 1_048_577 }],
    ['saturated', { pending: 800 }, { pending: 801 }],
    [
      'saturated',
      { pending: 5, pendingLimit: 10, pendingSoftRatio: 0.5 },
      { pending: 6, pendingLimit: 10, pendingSoftRatio: 0.5 },
    ],
  ])('%s is absent at its threshold and present past it: %o, %o', (tag, at, past) => {
    expect([tagsOf(at), tagsOf(past)]).toEqual([[], [tag]]);
  });
});

describe('the time at which a tag may change by itself', () => {
  function changesAt(tag: string, view: Partial<TagView>): number {
    return nextTagChange(
      builtInTagRules.filter((rule) => rule.tag === tag),
      { ...plain, ...view },
    );
  }

  test('is the moment past the threshold, at which the tag then holds', () => {
    expect(changesAt('long-running', { now: 1000 })).toBe(300_001);
    expect(changesAt('idle', { now: 2000, lastFrameAt: 1000 })).toBe(61_000);
    expect(tagsOf({ now: 61_000, lastFrameAt: 1000 })).toEqual(['idle']);
  });

  test('is never for a tag that time has brought already', () => {
    expect(changesAt('long-running', { now: 300_001 })).toBe(Infinity);
    expect(changesAt('idle', { now: 61_000, lastFrameAt: 1000 })).toBe(Infinity);
  });

  test('is one slice of the window away while the rate is high, unless the count keeps the tag anyway', () => {
    expect(changesAt('high-volume', { framesPerSecond: 51 })).toBe(2000);
    expect(changesAt('high-volume', { framesPerSecond: 50 })).toBe(Infinity);
    expect(changesAt('high-volume', { framesPerSecond: 51, frames: 1001 })).toBe(Infinity);
  });

  test('is never for tags that only frames change, and the earliest of all for a session', () => {
    for (const tag of ['authenticated', 'error-prone', 'slow', 'large-payload', 'saturated']) {
      expect(changesAt(tag, {})).toBe(Infinity);
    }
    expect(nextTagChange(builtInTagRules, plain)).toBe(61_000);
    expect(nextTagChange([], plain)).toBe(Infinity);
  });
});

describe('rules', () => {
  const rule = (tag: string, doesHold: boolean): TagRule => ({ tag, holds: () => doesHold });

  test('give a bit each, in their order, and the bits give the names back', () => {
    const rules = [rule('a', true), rule('b', false), rule('c', true)];
    expect(evaluateTags(rules, plain)).toBe(0b101);
    expect(tagNames(rules, 0b101)).toEqual(['a', 'c']);
    expect(tagNames(rules, 0)).toEqual([]);
  });

  test('fit one number up to the most that are allowed', () => {
    const rules = Array.from({ length: tagRulesMax }, (_, index) => rule(`t${index}`, index === tagRulesMax - 1));
    const bits = evaluateTags(rules, plain);
    expect(bits).toBeGreaterThan(0);
    expect(tagNames(rules, bits)).toEqual([`t${tagRulesMax - 1}`]);
  });

  test('that throw are not caught here: whoever asked decides', () => {
    const failing: TagRule = {
      tag: 'x',
      holds: () => {
        throw new Error('no');
      },
    };
    expect(() => evaluateTags([failing], plain)).toThrow('no');
  });

  test('are called as what they are, so that a rule may be an object with methods', () => {
    class Counted implements TagRule {
      readonly tag = 'counted';
      readonly most = 0;
      holds(view: TagView): boolean {
        return view.frames > this.most;
      }
      changesAt(view: TagView): number {
        return view.now + this.most + 7;
      }
    }
    expect(evaluateTags([new Counted()], plain)).toBe(1);
    expect(nextTagChange([new Counted()], plain)).toBe(1007);
  });
});
