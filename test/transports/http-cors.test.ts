import { afterEach, describe, expect, test } from 'vitest';
import { initialize } from '../../src/testing/messages.ts';
import { closeStages, openStage } from './http-stage.ts';

afterEach(closeStages);

const page = 'https://app.example.com';
const preflight = (asked?: string): Record<string, string | undefined> => ({
  Origin: page,
  'Content-Type': undefined,
  'Access-Control-Request-Method': 'POST',
  'Access-Control-Request-Headers': asked,
});

describe('a page of another origin that may use the front', () => {
  const options = { allowsPages: true, door: { allowOrigins: [page] } };

  test('is told so before it asks, with the headers that it wants to send', async () => {
    const stage = await openStage(options);
    const reply = await stage.client().sends({ method: 'OPTIONS', headers: preflight('content-type,mcp-param-x') });
    expect(reply.status).toBe(204);
    expect(reply.headers).toMatchObject({
      'access-control-allow-origin': page,
      'access-control-allow-methods': 'GET, POST, DELETE',
      'access-control-allow-headers': 'content-type,mcp-param-x',
      'access-control-max-age': '600',
      vary: 'Origin',
    });
  });

  test.each([undefined, 'a b', 'x: y', '(', ''])('is promised no headers that are none: %j', async (asked) => {
    const stage = await openStage(options);
    const reply = await stage.client().sends({ method: 'OPTIONS', headers: preflight(asked) });
    expect([reply.status, reply.header('access-control-allow-headers')]).toEqual([204, undefined]);
  });

  test('may read the answers, refusals too, and the id of its session', async () => {
    const stage = await openStage(options);
    const client = stage.client({ Origin: page });
    for (const reply of [await client.posts(initialize(0)), await client.posts('nonsense')]) {
      expect(reply.headers).toMatchObject({
        'access-control-allow-origin': page,
        'access-control-expose-headers': 'Mcp-Session-Id, WWW-Authenticate',
        vary: 'Origin',
      });
    }
  });

  test('is none that was not named', async () => {
    const stage = await openStage(options);
    const headers = { ...preflight('content-type'), Origin: 'https://other.example.com' };
    const reply = await stage.client().sends({ method: 'OPTIONS', headers });
    expect([reply.status, reply.header('access-control-allow-origin')]).toEqual([403, undefined]);
  });
});

test('no page may read anything unless that is asked for, though the door lets it in', async () => {
  const stage = await openStage({ door: { allowOrigins: [page] } });
  const client = stage.client({ Origin: page });
  const replies = [
    await client.sends({ method: 'OPTIONS', headers: preflight('x') }),
    await client.posts(initialize(0)),
  ];
  expect(replies.map(({ status }) => status)).toEqual([405, 200]);
  expect(replies.map((reply) => reply.header('access-control-allow-origin'))).toEqual([undefined, undefined]);
});
