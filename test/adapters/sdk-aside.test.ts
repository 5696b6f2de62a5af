import { describe, expect, test } from 'vitest';
import { Outgoing, optionOf } from '../../src/adapters/sdk-aside.ts';

describe('what travels beside a message', () => {
  test('goes with it to whoever sends it, of which the sender may be told nothing more', () => {
    const told: string[] = [];
    const outgoing = new Outgoing({ timeout: 5 }, (act) => {
      told.push('quiet');
      act();
      told.push('loud');
    });
    outgoing.muted(() => told.push('act'));
    expect([told, outgoing.options, outgoing.isForSessionAlone]).toEqual([
      ['quiet', 'act', 'loud'],
      { timeout: 5 },
      false,
    ]);
  });

  test('has options by name, or none', () => {
    expect([optionOf({ a: 1 }, 'a'), optionOf({ a: 1 }, 'b'), optionOf(undefined, 'a')]).toEqual([
      1,
      undefined,
      undefined,
    ]);
  });
});
