import { expect, test } from 'vitest';
import { playbook } from '../scenarios/conversation.ts';
import { liveFor, usualTimes } from './days.ts';

test('after a thousand days of deadlines, idle sessions and old ones, every day has left nothing', () => {
  const play = playbook({ times: usualTimes });
  const { answered, lost } = liveFor(play, 500, 25);
  expect(lost).toBe(500);
  expect(answered).toBe(500 + 20 * 71);
  expect(play.clock.now()).toBe(1000 * 86_400_000);
});
