import { expect, test } from 'vitest';
import { liveOnTokens } from './days-tokens.ts';
import { Chance } from './random.ts';

test('in ten days no token is said that is not good any more, and none is renewed before it has to be', async () => {
  const { said, tokens } = await liveOnTokens(10, new Chance(1, 'tokens'));
  expect(tokens).toBeGreaterThan(20);
  expect(said).toBeGreaterThan(200);
});
