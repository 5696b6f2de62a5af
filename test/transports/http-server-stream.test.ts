import { describe, expect, test } from 'vitest';

import { Exchange } from '../../src/session/pending.ts';
import { initialize, notification, request, result } from '../../src/testing/messages.ts';
import { type Asked, type EventStream, sessionful, startServer, talkWith } from './http-talk.ts';

describe('what the server says on its own', () => {
  test('P18 reaches the client, also after its stream broke', async () => {
    const streams: { readonly asked: Asked; readonly stream: EventStream }[] = [];
    const server = await startServer((asked) => {
      if (asked.what === 'GET') streams.push({ asked, stream: asked.stream() });
      else sessionful(() => {})(asked);
    });
    const { client, shakeHands, clock, connector } = await talkWith(server.url);
    await shakeHands();
    await expect.poll(() => streams).toHaveLength(1);
    streams[0]?.stream.says(notification('notifications/tools/list_changed'), 'g1');
    expect(await client.hears()).toEqual(notification('notifications/tools/list_changed'));
    streams[0]?.stream.cut();
    await expect.poll(() => connector.openRequests).toBe(0);
    clock.advance(1000);
    await expect.poll(() => streams).toHaveLength(2);
    expect(streams[1]?.asked.request.headers).toMatchObject({
      accept: 'text/event-stream',
      'last-event-id': 'g1',
      'mcp-session-id': 'session-1',
    });
    streams[1]?.stream.says(notification('notifications/prompts/list_changed'));
    expect(await client.hears()).toEqual(notification('notifications/prompts/list_changed'));
  });

  test.each([405, 404, 400, 501])('is not asked for again when it answers %i', async (status) => {
    const server = await startServer((asked) => {
      if (asked.what === 'GET') asked.empty(status);
      else if (asked.what === 'initialize') asked.welcome();
      else asked.empty();
    });
    const { shakeHands, clock, connector } = await talkWith(server.url);
    await shakeHands();
    await expect.poll(() => server.log).toContain('GET');
    await expect.poll(() => connector.openRequests).toBe(0);
    clock.advance(120_000);
    expect(server.log.filter((what) => what === 'GET')).toHaveLength(1);
  });

  test('is asked for again after ever longer pauses while it is not there', async () => {
    const server = await startServer((asked) => {
      if (asked.what === 'GET') asked.empty(503);
      else sessionful(() => {})(asked);
    });
    const { shakeHands, clock, connector } = await talkWith(server.url);
    await shakeHands();
    await expect.poll(() => server.log).toContain('GET');
    for (const [gets, pauseMs] of [1000, 2000, 4000].entries()) {
      await expect.poll(() => connector.openRequests).toBe(0);
      clock.advance(pauseMs - 1);
      expect(server.log.filter((what) => what === 'GET')).toHaveLength(gets + 1);
      clock.advance(1);
      await expect.poll(() => server.log.filter((what) => what === 'GET')).toHaveLength(gets + 2);
    }
  });

  test('P3 may be that it has forgotten the session', async () => {
    let known = 'session-1';
    const server = await startServer((asked) => {
      if (asked.what === 'GET') {
        if (asked.header('mcp-session-id') === known) asked.stream();
        else asked.empty(404);
      } else
        sessionful(
          (call) => call.json(result(call.id)),
          () => known,
        )(asked);
    });
    const talk = await talkWith(server.url);
    await talk.shakeHands();
    await expect.poll(() => server.log).toContain('GET');
    known = 'session-2';
    server.asked.find(({ what }) => what === 'GET')?.response.end();
    await expect
      .poll(() => {
        talk.clock.advance(500);
        return server.log.filter((what) => what === 'initialize').length;
      })
      .toBe(2);
  });

  test('is asked for again when the client comes with other credentials than it was refused with', async () => {
    const server = await startServer((asked) => {
      if (asked.what === 'GET') asked.empty(asked.header('authorization') === 'Bearer new' ? 405 : 401);
      else if (asked.what === 'tools/list') asked.json(result(asked.id));
      else sessionful(() => {})(asked);
    });
    const { client, clock, connector } = await talkWith(server.url, { hasExchanges: true });
    const as = (token: string): Exchange =>
      new Exchange((name) => (name === 'authorization' ? `Bearer ${token}` : undefined));
    client.sends(initialize(0), as('old'));
    await client.hears();
    client.sends(notification('notifications/initialized'), as('old'));
    const streams = (): number => server.log.filter((what) => what === 'GET').length;
    await expect.poll(streams).toBe(1);
    await expect.poll(() => connector.openRequests).toBe(0);
    client.sends(request(1, 'tools/list'), as('old'));
    await client.hears();
    clock.advance(60_000);
    expect(streams()).toBe(1);
    client.sends(request(2, 'tools/list'), as('new'));
    await client.hears();
    await expect.poll(streams).toBe(2);
  });
});
