import { expect, test } from 'vitest';
import { chartDigest } from '../../src/record/chart-digest.ts';

test('the chart has one digest, which is short', () => {
  expect(chartDigest()).toMatch(/^[\da-f]{16}$/);
  expect(chartDigest()).toBe(chartDigest());
});
