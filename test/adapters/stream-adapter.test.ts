import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { Teller, checkStreamOptions } from '../../src/adapters/stream-adapter.ts';
import { Ear } from './ear.ts';

describe('telling a session of its peer', () => {
  test('begins with the start, which happens once', () => {
    const teller = new Teller();
    expect(teller.reports).toBeUndefined();
    teller.start(new Ear());
    expect(teller.reports).toBeDefined();
    expect(() => teller.start(new Ear())).toThrow(expect.objectContaining({ code: 'ALREADY_STARTED' }));
  });

  test('ends when the peer is gone, which is said once', () => {
    const [teller, ear] = [new Teller(), new Ear()];
    teller.start(ear);
    teller.gone();
    teller.gone();
    expect(ear.told).toEqual(['closed']);
    expect(teller.reports).toBeUndefined();
  });

  test('of a peer that went before the start comes after it', async () => {
    const [teller, ear] = [new Teller(), new Ear()];
    teller.gone();
    teller.start(ear);
    expect(ear.told).toEqual([]);
    await turn();
    expect(ear.told).toEqual(['closed']);
  });

  test('is over when we closed, before the start as well as after it', async () => {
    const [early, late, ear] = [new Teller(), new Teller(), new Ear()];
    early.gone();
    early.silence();
    early.start(ear);
    late.start(ear);
    late.silence();
    late.gone();
    await turn();
    expect(ear.told).toEqual([]);
  });
});

describe('options of streams', () => {
  test('may be left out, and be without bound', () => {
    expect(() => checkStreamOptions({})).not.toThrow();
    expect(() => checkStreamOptions({ messageBytesMax: Infinity, highWaterBytesMax: 0 })).not.toThrow();
  });

  test.each([{ messageBytesMax: Number.NaN }, { highWaterBytesMax: -1 }, { closeTimeoutMs: -1 }])(
    'are refused by name: %o',
    (options) => {
      const [name] = Object.keys(options);
      expect(() => checkStreamOptions(options)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
      expect(() => checkStreamOptions(options)).toThrow(`${name} is `);
    },
  );
});
