import { describe, expect, test } from 'vitest';

import { Exchange } from '../../src/session/pending.ts';
import { type Message, failure, initialize, request, result } from '../../src/testing/messages.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { httpConnector } from '../../src/transports/http-connector.ts';
import { type HttpTalk, openAgent, startServer, talkWith } from './http-talk.ts';

describe('a way to a server on HTTP', () => {
  test('has to lead somewhere', async () => {
    const options = { agent: await openAgent(), clock: new VirtualClock(), frameBytesMax: 1000 };
    expect(() => httpConnector({ ...options, url: 'nowhere' })).toThrow(RangeError);
    expect(() => httpConnector({ ...options, url: 'http://h/', headers: { 'Content-Length': '1' } })).toThrow(
      RangeError,
    );
  });

  test('gives each session one of its own on the server, and counts what they have open', async () => {
    let sessions = 0;
    const server = await startServer((asked) => {
      if (asked.what === 'initialize') asked.welcome({ 'mcp-session-id': `s${++sessions}` });
      else if (asked.what === 'GET') asked.stream();
      else asked.empty();
    });
    const { connector, shakeHands, session } = await talkWith(server.url);
    const other = await talkWith(server.url, { kind: () => connector });
    await shakeHands();
    await other.shakeHands();
    const streams = (): readonly unknown[] =>
      server.asked.flatMap((asked) => (asked.what === 'GET' ? [asked.header('mcp-session-id')] : []));
    await expect.poll(streams).toHaveLength(2);
    expect(new Set(streams())).toEqual(new Set(['s1', 's2']));
    expect(connector.openRequests).toBe(2);
    session.close();
    await expect.poll(() => connector.openRequests).toBe(1);
  });

  test('says in headers what the tools of the server want said there, for clients that see none', async () => {
    const move = { properties: { to: { type: 'string', 'x-mcp-header': 'To' } } };
    const server = await startServer((asked) => {
      if (asked.what === 'tools/list') {
        const list = result(asked.id, { tools: [{ name: 'move', inputSchema: move }] });
        if (asked.id === 'as events') asked.stream().says(list).ends();
        else asked.json(list);
      } else if (asked.what !== 'tools/call') asked.empty();
      else if (asked.header('mcp-param-to') === 'there') asked.json(result(asked.id));
      else asked.json(failure(asked.id, -32_020, 'Mcp-Param-To'), 400);
    });
    const _meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };
    const call = request(1, 'tools/call', { name: 'move', arguments: { to: 'there' }, _meta });
    const answerTo = async ({ client }: HttpTalk, message: Message): Promise<Message> => {
      client.sends(message);
      return client.hears();
    };
    for (const id of ['as events', 'as json']) {
      const talk = await talkWith(server.url);
      expect(await answerTo(talk, call)).toMatchObject({ error: { code: -32_020 } });
      // A list of the legacy era says nothing of headers.
      await answerTo(talk, request(id, 'tools/list'));
      expect(await answerTo(talk, call)).toMatchObject({ error: { code: -32_020 } });
      await answerTo(talk, request(id, 'tools/list', { _meta }));
      expect(await answerTo(talk, call)).toEqual(result(1));
      const later = await talkWith(server.url, { kind: () => talk.connector });
      expect(await answerTo(later, call)).toEqual(result(1));
    }
  });

  test('leaves headers to clients over HTTP, and learns nothing for others from what these list', async () => {
    const move = { properties: { to: { type: 'string', 'x-mcp-header': 'To' } } };
    const server = await startServer((asked) => {
      if (asked.what === 'tools/list') asked.json(result(asked.id, { tools: [{ name: 'move', inputSchema: move }] }));
      else asked.json(result(asked.id, { to: asked.header('mcp-param-to') ?? null }));
    });
    const { client, connector } = await talkWith(server.url, { hasExchanges: true });
    const _meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };
    client.sends(request(0, 'tools/list', { _meta }), new Exchange());
    await client.hears();
    const call = request(1, 'tools/call', { name: 'move', arguments: { to: 'there' }, _meta });
    client.sends(call, new Exchange());
    expect(await client.hears()).toEqual(result(1, { to: null }));
    const other = await talkWith(server.url, { kind: () => connector });
    other.client.sends(call);
    expect(await other.client.hears()).toEqual(result(1, { to: null }));
  });

  test('knows for all of them whether the server was ever there', async () => {
    const server = await startServer((asked) => asked.welcome());
    const { connector, client } = await talkWith(server.url);
    client.sends(initialize(0));
    await client.hears();
    await server.stops();
    const later = await talkWith(server.url, { kind: () => connector });
    later.client.sends(initialize(0));
    await expect.poll(() => later.session.snapshot().counts['upstreamLosses']).toBe(1);
    expect(later.endedWith).toEqual([]);
  });
});
