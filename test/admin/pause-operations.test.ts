import { describe, expect, test } from 'vitest';
import { initialize, initializeResult } from '../../src/testing/messages.ts';
import { toolCall } from '../e2e/program.ts';
import { administered, ask } from './administered-runtime.ts';

/** A session in which a call waits for somebody to decide about it. */
async function paused() {
  const setting = await administered();
  const session = setting.open();
  const bytes = (message: object): Uint8Array => Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }));
  session.client.receive(bytes(initialize('a')));
  session.server.receive(bytes({ id: 'a', result: initializeResult() }));
  setting.written.length = 0;
  session.client.receive(bytes(toolCall(7, 'hold', { secret: 'x' })));
  const post = async (what: string, body?: unknown) =>
    ask(setting.listener.origin, `/pause/p1/${what}`, {
      method: 'POST',
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  /** What reached either side once a decision had its turn. */
  const said = async (): Promise<string> => {
    await ask(setting.listener.origin, '/process');
    return setting.written.join();
  };
  return { ...setting, session, post, said };
}

describe('a paused frame', () => {
  test('is listed without its message, and shown with it', async () => {
    const { listener } = await paused();
    const list = await ask(listener.origin, '/pause');
    expect(list.body).toMatchObject({ frames: [{ id: 'p1', rule: 'hold', method: 'tools/call' }] });
    expect(JSON.stringify(list.body)).not.toContain('secret');
    const frame = await ask(listener.origin, '/pause/p1');
    expect(frame.body).toMatchObject({ message: { id: 7, params: { arguments: { secret: 'x' } } } });
  });

  test('goes on as it is, once', async () => {
    const { post, said } = await paused();
    expect((await post('resume')).status).toBe(204);
    expect(await said()).toContain('"secret":"x"');
    expect(await post('resume')).toMatchObject({ status: 404, body: { error: { code: 'NOT_PAUSED' } } });
  });

  test('goes on as another one', async () => {
    const { post, said } = await paused();
    const message = { jsonrpc: '2.0', id: 7, method: 'tools/call', params: { name: 'other' } };
    expect((await post('modify', { message })).status).toBe(204);
    expect(await said()).toContain('"name":"other"');
  });

  test('is refused in words of whoever decides', async () => {
    const { post, said } = await paused();
    expect((await post('block', { code: 4031, message: 'not now' })).status).toBe(204);
    expect(await said()).toMatch(/"code":4031,"message":"not now"/);
  });

  test.each([
    ['modify', undefined],
    ['modify', {}],
    ['modify', { message: [] }],
    ['modify', 'not json'],
    ['block', { code: 'x' }],
    ['block', { message: 1 }],
    ['block', []],
  ])('stays where it is when %s is told %j', async (what, body) => {
    const { listener, post } = await paused();
    expect(await post(what, body)).toMatchObject({ status: 400, body: { error: { code: 'BAD_REQUEST' } } });
    expect((await ask(listener.origin, '/pause')).body).toMatchObject({ frames: [{ id: 'p1' }] });
  });
});

describe('breakpoints', () => {
  async function withBreakpoints() {
    const setting = await administered();
    const { origin } = setting.listener;
    const add = async (body: unknown) => ask(origin, '/breakpoints', { method: 'POST', body: JSON.stringify(body) });
    return { ...setting, origin, add };
  }

  test('are set, listed, reached and taken away', async () => {
    const { origin, add, open, written } = await withBreakpoints();
    const set = await add({ method: 'ping', byDefault: 'block' });
    const breakpoint = { id: 'b1', method: 'ping', timeoutMs: 60_000, byDefault: 'block', scope: 'direction', hits: 0 };
    expect(set).toMatchObject({ status: 200, body: breakpoint });
    const session = open();
    session.client.receive(Buffer.from('{"jsonrpc":"2.0","id":1,"method":"ping"}'));
    expect((await ask(origin, '/pause')).body).toMatchObject({ frames: [{ id: 'p1', rule: 'breakpoint b1' }] });
    expect((await ask(origin, '/breakpoints')).body).toEqual({ breakpoints: [{ ...set.body, hits: 1 }] });
    expect(written).toEqual([]);
    const remove = async () => ask(origin, '/breakpoints/b1', { method: 'DELETE' });
    expect((await remove()).status).toBe(204);
    expect(await remove()).toMatchObject({ status: 404, body: { error: { code: 'NO_BREAKPOINT' } } });
    expect((await ask(origin, '/breakpoints')).body).toEqual({ breakpoints: [] });
  });

  test('that say something wrong are refused in a sentence, and nothing is set', async () => {
    const { origin, add } = await withBreakpoints();
    const refused = await add({ when: 'frame.nme == "a"' });
    expect(refused).toMatchObject({ status: 400, body: { error: { code: 'BAD_REQUEST' } } });
    expect(JSON.stringify(refused.body)).toContain("when, character 7: 'frame' has no 'nme'");
    expect((await ask(origin, '/breakpoints')).body).toEqual({ breakpoints: [] });
  });

  test('are bounded in number', async () => {
    const { add } = await withBreakpoints();
    for (let count = 0; count < 64; count++) expect((await add({})).status).toBe(200);
    expect(await add({})).toMatchObject({ status: 409, body: { error: { code: 'TOO_MANY_BREAKPOINTS' } } });
  });
});
