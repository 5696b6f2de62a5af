import { describe, expect, test } from 'vitest';
import { quietHeaders } from '../../src/admin/answers.ts';
import { administered, ask, token } from './administered-runtime.ts';

describe('every answer', () => {
  test.each([
    ['a success', '/process', token, 200],
    ['a refusal', '/process', 'wrong', 401],
    ['what is not there', '/no-such', token, 404],
  ])('that is %s is kept by nobody and shown in no frame', async (_what, path, shown, status) => {
    const { listener } = await administered();
    const { status: answered, headers } = await ask(listener.origin, path, {
      headers: { Authorization: `Bearer ${shown}` },
    });
    expect(answered).toBe(status);
    for (const [name, value] of Object.entries(quietHeaders)) expect([name, headers.get(name)]).toEqual([name, value]);
  });

  test('that lets nobody in ends the connection and says how to come in', async () => {
    const { listener } = await administered();
    const { headers } = await ask(listener.origin, '/process', { headers: { Authorization: '' } });
    expect([headers.get('connection'), headers.get('www-authenticate')]).toEqual(['close', 'Bearer']);
  });
});
