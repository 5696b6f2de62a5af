import { expect, test } from 'vitest';
import { playbook } from '../scenarios/conversation.ts';
import { tagSettings } from './days-tags.ts';
import { liveFor, usualTimes } from './days.ts';

test('after forty days of deadlines, idle sessions and old ones, restarts and listeners, every day has left nothing', () => {
  const play = playbook({ times: usualTimes, tagSettings });
  const { answered, lost } = liveFor(play, 20, 25, 1);
  expect(lost).toBe(20);
  expect(answered).toBe(20 + 71);
  expect(play.clock.now()).toBe(40 * 86_400_000);
});
