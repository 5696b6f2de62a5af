import { expect, test } from 'vitest';
import { CarefulProxy } from './testing/mutants/careful-proxy.ts';
import { sessionHarness } from '../src/testing.ts';
import { loadedBy } from './pins/loaded-modules.ts';

test('the entry tries a proxy that is made of nothing else', async () => {
  const harness = sessionHarness({ proxy: (world) => new CarefulProxy(world), isSynchronous: true, runs: 10 });
  expect(await harness.check()).toBeUndefined();
  expect(harness.history().at(-1)).toMatchObject({ type: 'held' });
});

test('the entry asks for fast-check alone, and no other entry asks for that', () => {
  const asked = [...loadedBy('src/testing.ts').packages].filter((name) => !name.startsWith('node:'));
  expect(asked).toEqual(['fast-check']);
  const others = ['src/index.ts', 'src/core.ts'].flatMap((entry) => [...loadedBy(entry).packages]);
  expect(others).not.toContain('fast-check');
});
