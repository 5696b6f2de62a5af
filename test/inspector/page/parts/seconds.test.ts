import { effect } from '@preact/signals';
import { expect, test } from 'vitest';
import { nowMs } from '../../../../src/inspector/page/parts/seconds.ts';

test('the time is renewed as soon as somebody looks', () => {
  const before = Date.now();
  let seen = 0;
  const stop = effect(() => {
    seen = nowMs.value;
  });
  expect(seen).toBeGreaterThanOrEqual(before);
  stop();
});
