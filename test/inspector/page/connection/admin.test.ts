import { afterAll, beforeAll, expect, test } from 'vitest';
import { askAdmin } from '../../../../src/inspector/page/connection/admin.ts';
import { Served } from './served.ts';

let served: Served;
beforeAll(async () => {
  served = await Served.open();
});
afterAll(async () => served.close());

test('an answer comes with its body, and the token was shown', async () => {
  served.answer = (_method, _path, text) => ({ status: 200, body: { heard: text } });
  const answer = await askAdmin(served.origin, 'abc', { method: 'POST', path: '/pause/p1/block', body: { code: 1 } });
  expect(answer).toEqual({ kind: 'answered', body: { heard: '{"code":1}' } });
  expect(served.asked).toContain('POST /pause/p1/block Bearer abc');
});

test('an answer without a body is one', async () => {
  served.answer = () => ({ status: 204 });
  expect(await askAdmin(served.origin, 'abc', { method: 'DELETE', path: '/sessions/a' })).toEqual({
    kind: 'answered',
    body: undefined,
  });
});

test('a refusal says why, as far as that was said', async () => {
  served.answer = () => ({ status: 404, body: { error: { code: 'NOT_PAUSED', message: 'No frame' } } });
  const call = { method: 'GET', path: '/pause/p9' } as const;
  expect(await askAdmin(served.origin, 'abc', call)).toEqual({
    kind: 'refused',
    status: 404,
    code: 'NOT_PAUSED',
    message: 'No frame',
  });
  served.answer = () => ({ status: 502 });
  expect(await askAdmin(served.origin, 'abc', call)).toMatchObject({ kind: 'refused', status: 502, code: 'UNKNOWN' });
});

test('nobody there is no error that is thrown', async () => {
  const gone = await Served.open();
  const { origin } = gone;
  await gone.close();
  expect(await askAdmin(origin, 'abc', { method: 'GET', path: '/' })).toMatchObject({ kind: 'unreachable' });
});
