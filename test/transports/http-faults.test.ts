/** Servers that fail in every way that HTTP has, at random: whatever they do, each request has one outcome and nothing stays open. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { remoteRestartPolicy } from '../../src/session/upstream.ts';
import { cancelled, failure, notification, progress, result } from '../../src/testing/messages.ts';
import { type Asked, openAgent, startServer, talkWith } from './http-talk.ts';

/** What a server may do with a call. */
const moods = {
  answers: (asked: Asked) => asked.json(result(asked.id)),
  'answers in pieces': (asked: Asked) => {
    const text = JSON.stringify(result(asked.id, 'x'.repeat(200)));
    asked.response.writeHead(200, { 'content-type': 'application/json' });
    for (let at = 0; at < text.length; at += 50) asked.response.write(text.slice(at, at + 50));
    asked.response.end();
  },
  streams: (asked: Asked) => asked.stream().says(progress('none', 1)).says(result(asked.id)).ends(),
  'streams and says more': (asked: Asked) =>
    asked.stream().says(result(asked.id)).says(result(asked.id)).says(notification('notifications/message')).ends(),
  'streams and stays': (asked: Asked) => void asked.stream().says(result(asked.id)),
  'streams and ends': (asked: Asked) => asked.stream().ends(),
  'streams and cuts': (asked: Asked) => asked.stream().says(progress('none', 1)).cut(),
  polls: (asked: Asked) => asked.stream().says('', `of-${asked.id}`).ends(),
  'polls in vain': (asked: Asked) => asked.stream().says('', 'lost').ends(),
  cuts: (asked: Asked) => asked.cut(),
  'is silent': () => {},
  'is silent in a stream': (asked: Asked) => void asked.stream().writes(': still here\n\n'),
  'fails with a page': (asked: Asked) => asked.text('<h1>500</h1>', 500, 'text/html'),
  'fails without an id': (asked: Asked) => asked.json(failure(null, -32603, 'no'), 400),
  'answers somebody else': (asked: Asked) => asked.json(result(4711)),
  'says no JSON': (asked: Asked) => asked.text('{"jsonrpc":"2.0",', 200, 'application/json'),
  'says a request': (asked: Asked) => asked.json(notification('notifications/message')),
  'says nothing': (asked: Asked) => asked.empty(200),
  'sends elsewhere': (asked: Asked) => asked.empty(302, { location: '/elsewhere' }),
  'says too much': (asked: Asked) => asked.json(result(asked.id, 'x'.repeat(20_000))),
  forgets: (asked: Asked) => asked.empty(404),
} as const satisfies Record<string, (asked: Asked) => void>;

type Mood = keyof typeof moods;

const call = fc.record({
  mood: fc.constantFrom(...(Object.keys(moods) as Mood[])),
  isGivenUp: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
});

describe('whatever a server on HTTP does', () => {
  test('S1 R19 each request has one outcome, told once, and nothing stays open', async () => {
    const agent = await openAgent({ connectionsMax: 4 });
    await fc.assert(
      fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 12 }), fc.boolean(), async (calls, hasStream) => {
        let sessions = 0;
        const server = await startServer((asked) => {
          const eventId = asked.header('last-event-id');
          if (asked.what === 'initialize') asked.welcome({ 'mcp-session-id': `s${++sessions}` });
          else if (eventId?.startsWith('of-') === true) {
            asked
              .stream()
              .says(result(Number(eventId.slice('of-'.length))))
              .ends();
          } else if (eventId !== undefined) asked.stream().ends();
          else if (asked.what === 'GET') void (hasStream ? asked.stream() : asked.empty(405));
          else if (asked.what === 'tools/call') {
            const { mood } = calls[Number(asked.id) - 1]!;
            // A server forgets a session once; the session that is begun then it knows.
            if (mood === 'forgets' && sessions > 1) moods.answers(asked);
            else moods[mood](asked);
          } else asked.empty();
        });
        const talk = await talkWith(server.url, {
          agent,
          frameBytesMax: 10_000,
          open: { restart: remoteRestartPolicy },
        });
        const { client, clock, connector, session, observations, serverStopped } = talk;
        await talk.shakeHands();
        calls.forEach((_call, at) => client.asks(at + 1, 'tools/call'));
        calls.forEach(({ isGivenUp }, at) => {
          if (isGivenUp) client.sends(cancelled(at + 1));
        });
        const outcomes = (): readonly number[] =>
          observations.flatMap((seen) =>
            seen.type === 'request-settled' && seen.method === 'tools/call' ? [Number(seen.id)] : [],
          );
        let polls = 0;
        await expect
          .poll(
            () => {
              // Time enough for what is tried again, and then for deadlines.
              clock.advance(polls++ < 20 ? 500 : 50_000);
              return outcomes().length;
            },
            { timeout: 10_000, interval: 2 },
          )
          .toBe(calls.length);
        expect(outcomes().toSorted((one, other) => one - other)).toEqual(calls.map((_call, at) => at + 1));
        const told = client.heard.flatMap(({ id, method }) => (method === undefined && id !== 0 ? [Number(id)] : []));
        const toBeTold = calls.flatMap(({ isGivenUp }, at) => (isGivenUp ? [] : [at + 1]));
        expect(told.toSorted((one, other) => one - other)).toEqual(toBeTold);
        session.close();
        await expect.poll(() => (clock.advance(1000), connector.openRequests), { interval: 2 }).toBe(0);
        await serverStopped;
        await expect.poll(() => server.open, { interval: 2 }).toBe(0);
        await server.stops();
      }),
      { numRuns: 20 },
    );
  }, 60_000);
});
