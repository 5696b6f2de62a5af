import { describe, expect, test } from 'vitest';

import { initialize } from '../../src/testing/messages.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { httpConnector } from '../../src/transports/http-connector.ts';
import { openAgent, startServer, talkWith } from './http-talk.ts';

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
