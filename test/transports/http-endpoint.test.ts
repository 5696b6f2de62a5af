import { afterEach, describe, expect, test } from 'vitest';
import { request, result } from '../../src/testing/messages.ts';
import { closeStages, openStage } from './http-stage.ts';

afterEach(closeStages);

describe('where sessions are not asked for', () => {
  test('a request that names none is passed on, and no stream can be opened', async () => {
    const stage = await openStage({ sessionless: 'pass' });
    const client = stage.client();
    expect(await (await client.posts(request(1, 'echo', { a: 1 }))).json()).toEqual(result(1, { a: 1 }));
    expect((await client.posts(request(1, 'echo'), { 'MCP-Protocol-Version': '1999-01-01' })).status).toBe(400);
    expect((await client.posts(request(1, 'echo'), { Accept: 'application/json' })).status).toBe(406);
    const [listening, deleting] = [await client.listens(), await client.deletes()];
    expect([listening.status, deleting.status, listening.header('allow')]).toEqual([405, 405, 'POST']);
    expect(stage.asked.map(({ kind }) => kind)).toEqual(['logical']);
  });
});

describe('DELETE', () => {
  test('ends the session: 200, and 404 from then on', async () => {
    const stage = await openStage();
    const client = await stage.opened();
    const reply = await client.deletes();
    expect([reply.status, await reply.text(), stage.ended]).toEqual([200, '', ['client-closed']]);
    const after = [await client.deletes(), await client.posts(request(1, 'ping')), await client.listens()];
    expect(after.map(({ status }) => status)).toEqual([404, 404, 404]);
    expect((await stage.client().deletes()).status).toBe(400);
  });

  test('R20 answers what is in flight with an error', async () => {
    const stage = await openStage();
    const client = await stage.opened();
    const posted = client.posts(request('waits', 'never'));
    await stage.server.hears('never');
    expect((await client.deletes()).status).toBe(200);
    const reply = await posted;
    expect([reply.status, await reply.json()]).toMatchObject([
      404,
      { id: 'waits', error: { code: 4040, data: { reason: 'client-closed' } } },
    ]);
  });

  test.each([
    [{ 'MCP-Protocol-Version': '2026-07-28', 'Mcp-Session-Id': undefined }, 405],
    [{ 'MCP-Protocol-Version': '1999-01-01' }, 400],
  ])('with %j is answered with %i', async (headers, status) => {
    const stage = await openStage();
    const client = await stage.opened();
    expect((await client.sends({ method: 'DELETE', headers })).status).toBe(status);
    expect((await client.posts(request(1, 'ping'))).status).toBe(200);
  });
});

test.each(['PUT', 'PATCH', 'OPTIONS', 'HEAD', 'PROPFIND'])('%s is no method here', async (method) => {
  const stage = await openStage();
  const reply = await stage.client().sends({ method });
  expect([reply.status, reply.header('allow')]).toEqual([405, 'GET, POST, DELETE']);
  await reply.text();
});
