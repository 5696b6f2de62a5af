import { describe, expect, test } from 'vitest';
import type { Fetch } from '../../src/auth/fetching.ts';
import { KeySource, KeysUnavailable } from '../../src/auth/key-source.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

const url = new URL('https://issuer.example.com/jwks');

function stage(answers: () => Response | Error) {
  const clock = new VirtualClock();
  let asked = 0;
  const fetch: Fetch = async () => {
    asked += 1;
    const answer = answers();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { clock, asked: () => asked, source: new KeySource({ url, fetch, clock, staleMs: 60_000, pauseMs: 5000 }) };
}

const keys = (): Response => new Response('{"keys":[]}');

describe('keys of an issuer', () => {
  test('that cannot be reached are those that it had before, for a while', async () => {
    let answer: Response | Error = keys();
    const { clock, source } = stage(() => answer);
    expect(await source.read()).toBe('{"keys":[]}');
    answer = new Error('ECONNREFUSED');
    clock.advance(59_000);
    expect(await source.read()).toBe('{"keys":[]}');
    clock.advance(2000);
    await expect(source.read()).rejects.toThrow(KeysUnavailable);
  });

  test('are not asked for again at once where that was in vain', async () => {
    const { clock, source, asked } = stage(() => new Error('ECONNREFUSED'));
    for (let at = 0; at < 3; at++) await expect(source.read()).rejects.toThrow('ECONNREFUSED');
    expect(asked()).toBe(1);
    clock.advance(5000);
    await expect(source.read()).rejects.toThrow(KeysUnavailable);
    expect(asked()).toBe(2);
  });

  test.each([
    ['an error', () => new Response('{"keys":[]}', { status: 500 })],
    ['a page', () => new Response('<html>')],
    ['another thing', () => new Response('{"key":1}')],
    ['nothing', () => new Response('null')],
    ['a way to another place', () => new Response(null, { status: 302, headers: { location: 'http://10.0.0.1' } })],
  ])('are not %s', async (_what, answer) => {
    await expect(stage(answer).source.read()).rejects.toThrow(KeysUnavailable);
  });
});
