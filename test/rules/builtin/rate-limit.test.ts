import { describe, expect, test } from 'vitest';
import { rateLimit } from '../../../src/rules/builtin/rate-limit.ts';
import { type Facts, call, contextOf } from '../scenes.ts';

const hourMs = 3_600_000;

/** How many of the frames passed. */
function passed(options: object, frames: readonly Facts[]): number {
  const intercept = rateLimit.create({ perMs: hourMs, ...options });
  return frames.filter((facts) => intercept(contextOf(facts)) === undefined).length;
}

const many = (facts: Facts = {}): Facts[] => Array.from({ length: 5 }, () => facts);

describe('a rate limit', () => {
  test('lets so many requests pass in its time, and refuses the rest by its number', () => {
    expect(passed({ requests: 3 }, many())).toBe(3);
    const intercept = rateLimit.create({ requests: 1, perMs: hourMs });
    void intercept(contextOf());
    expect(intercept(contextOf())).toEqual({
      action: 'block',
      code: 4290,
      message: 'More than 1 requests in 3600000 ms',
    });
  });

  test('counts sessions, principals or tools each for themselves, or all together', () => {
    const sessions = [...many({ sessionId: 'a' }), ...many({ sessionId: 'b' })];
    expect(passed({ requests: 3 }, sessions)).toBe(6);
    expect(passed({ requests: 3, by: 'all' }, sessions)).toBe(3);
    expect(passed({ requests: 3, by: 'principal' }, sessions)).toBe(3);
    const nobody = many({ metadata: { principal: undefined } });
    expect(passed({ requests: 3, by: 'principal' }, [...sessions, ...nobody])).toBe(6);
    expect(passed({ requests: 2, by: 'tool' }, [...many(), ...many({ message: call('other') })])).toBe(4);
  });

  test('does not count what is no request of a client, nor methods that it is not for', () => {
    expect(passed({ requests: 1 }, many({ message: { method: 'x' } }))).toBe(5);
    expect(passed({ requests: 1 }, many({ direction: 'server-to-client' }))).toBe(5);
    expect(passed({ requests: 1, methods: ['prompts/*'] }, many())).toBe(5);
  });

  test('remembers a bounded number of those it counts', () => {
    const crowd = Array.from({ length: 10_001 }, (_, n) => ({ sessionId: `s${n}` }));
    expect(passed({ requests: 1 }, [{ sessionId: 's0' }, ...crowd.slice(1), { sessionId: 's0' }])).toBe(10_002);
  });
});
