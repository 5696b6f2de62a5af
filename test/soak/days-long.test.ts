import { expect, test } from 'vitest';
import { liveForMonths } from './days-long.ts';
import { Chance } from './random.ts';

test('sessions whose times are longer than a timer can be set for end when they should', async () => {
  expect(await liveForMonths(105, new Chance(1, 'months'))).toBe(2);
});
