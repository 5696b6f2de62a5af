/** What docs/guides/test-your-own-proxy.md shows, as it happens. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { LawBroken, sessionHarness } from '../../src/testing.ts';
import { relay as firstRelay } from './first-relay.example.ts';
import { harness } from './harness.example.ts';
import { rules } from './harness-rule.example.ts';
import { relay } from './relay.example.ts';

const guide = readFileSync('docs/guides/test-your-own-proxy.md', 'utf8');

describe('the guide to testing a proxy', () => {
  test('shows what the harness says of the first proxy', async () => {
    const first = sessionHarness({
      name: 'my proxy',
      proxy: ({ openServer }) => ({ accept: (client) => firstRelay(client, openServer()) }),
      seed: 7,
    });
    let said: unknown;
    first.test((_name, run) => void (said = run()));
    await expect(said).rejects.toThrow(LawBroken);
    const { message } = (await (said as Promise<void>).catch((error: unknown) => error)) as LawBroken;
    expect(guide).toContain(message);
    expect((await harness.check())?.violations[0].law).toMatch(/^cancel-/);
  });

  test('shows a proxy that keeps the laws in the end', async () => {
    const second = sessionHarness({ proxy: ({ openServer }) => ({ accept: (client) => relay(client, openServer()) }) });
    expect((await second.check())?.violations).toBeUndefined();
    expect(second.coverage().laws['cancel-passed-on']).toBeGreaterThan(0);
  });

  test('shows a rule and a law of an author', async () => {
    expect(await rules.check()).toBeUndefined();
    expect(rules.coverage().unexercised).toEqual([]);
  });
});
