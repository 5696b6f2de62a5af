import { expect, test } from 'vitest';
import { liveOverHttp } from './days-http.ts';

test('after ten days over HTTP of silent streams, clients that come back and idle sessions, every day has left nothing', async () => {
  const { heartbeats, resumed, tooOld } = await liveOverHttp(10, 1);
  expect([resumed, tooOld]).toEqual([5, 5]);
  expect(heartbeats).toBeGreaterThan(10 * 10);
});
