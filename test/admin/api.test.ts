import { describe, expect, test } from 'vitest';
import { operationFor, operations, problemsOf } from '../../src/admin/api.ts';
import { administered, ask } from './administered-runtime.ts';

describe('what can be asked', () => {
  test('is in the table once, under a path and a method of its own', () => {
    expect(operations.map(({ name }) => name)).toEqual(Object.keys(problemsOf));
    expect(new Set(operations.map(({ method, path }) => `${method} ${path}`)).size).toBe(operations.length);
  });

  test.each([
    ['GET', '/sessions', 'listSessions', {}],
    ['GET', '/sessions/a%20b', 'getSession', { id: 'a b' }],
    ['PUT', '/sessions/a/tags/b%2Fc', 'addTag', { id: 'a', tag: 'b/c' }],
  ])('%s %s is %s', (method, path, name, params) => {
    expect(operationFor(method, path)).toMatchObject({ operation: { name }, params });
  });

  test.each([
    ['GET', '/sessions/', { operation: { name: 'getSession' }, params: { id: '' } }],
    ['GET', '/sessions/%', { allows: [] }],
    ['GET', '/sessions/a/tags', { allows: [] }],
    ['PATCH', '/sessions/a', { allows: ['GET', 'DELETE'] }],
    ['GET', '/', { allows: [] }],
  ])('%s %s is taken for %j', (method, path, found) => {
    expect(operationFor(method, path)).toMatchObject(found);
  });
});

describe('what is asked in a wrong way', () => {
  test.each(['limit=0', 'limit=501', 'limit=ten', 'limit=', 'after=x', 'after='])('?%s is refused', async (query) => {
    const { listener } = await administered();
    expect(await ask(listener.origin, `/sessions?${query}`)).toMatchObject({
      status: 400,
      body: { error: { code: 'BAD_REQUEST' } },
    });
  });

  test('a tag that is empty, too long or cannot be printed is refused', async () => {
    const { listener, open } = await administered();
    const { id } = open();
    for (const tag of ['', '%0a', 'x'.repeat(257)]) {
      expect((await ask(listener.origin, `/sessions/${id}/tags/${tag}`, { method: 'PUT' })).status).toBe(400);
    }
  });

  test('one tag too many, or one that a rule put there, stays as it is', async () => {
    const { listener, open } = await administered();
    const session = open();
    for (let index = 0; index < 64; index++) session.label(`label-${index}`, true);
    const put = await ask(listener.origin, `/sessions/${session.id}/tags/one-more`, { method: 'PUT' });
    expect([put.status, put.body['error']]).toMatchObject([409, { code: 'TAG_NOT_CHANGED' }]);
    expect(session.snapshot().tags).not.toContain('one-more');
  });

  test.each(['GET', 'DELETE'])('%s of a session that is not there finds none', async (method) => {
    const { listener } = await administered();
    expect(await ask(listener.origin, '/sessions/nobody', { method })).toMatchObject({
      status: 404,
      body: { error: { code: 'SESSION_NOT_FOUND' } },
    });
  });
});

describe('a fault', () => {
  const post = async (origin: string, id: string, body: object) =>
    ask(origin, `/sessions/${id}/faults`, { method: 'POST', body: JSON.stringify(body) });

  test('ends a session on purpose', async () => {
    const { listener, open, runtime } = await administered();
    const { id } = open();
    expect((await post(listener.origin, id, { fault: 'close-session' })).status).toBe(204);
    expect(runtime.session(id)).toBeUndefined();
    expect(await post(listener.origin, id, { fault: 'close-session' })).toMatchObject({ status: 404 });
  });

  test('that nobody knows is refused', async () => {
    const { listener, open } = await administered();
    expect(await post(listener.origin, open().id, { fault: 'flood' })).toMatchObject({
      status: 400,
      body: { error: { message: 'The body is {"fault": FAULT}, one of close-session, kill-upstream' } },
    });
  });

  test('is refused where faults are switched off, and nothing happens', async () => {
    const { runtime } = await administered();
    const { listener, open } = await administered({
      administered: {
        facts: { pid: 1, version: '0', command: 'gateway', server: 'x', startedAt: 1 },
        sessions: () => runtime.sessions(),
        session: () => {
          throw new Error('nobody should ask');
        },
        totals: () => runtime.totals(),
        drain: () => {},
      },
    });
    expect(await post(listener.origin, open().id, { fault: 'close-session' })).toMatchObject({
      status: 403,
      body: { error: { code: 'FAULTS_OFF' } },
    });
  });
});
