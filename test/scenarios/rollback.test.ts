/** One event is one unit of work: it happens as a whole or not at all, and what it owes the world leaves only afterwards. */
import { describe, expect, test } from 'vitest';
import type { TagRule, TagView } from '../../src/session/tags.ts';
import { cancelled, initialize, progress } from '../../src/testing/messages.ts';
import type { Playbook, Talk } from '../../src/testing/playbook.ts';
import type { ScriptedServer } from '../../src/testing/scripted-peer.ts';
import { playbook } from './conversation.ts';

/** A tag rule that throws while it is told to. */
class Trap implements TagRule {
  readonly tag = 'trap';
  isSet = false;
  holds(_view: TagView): boolean {
    if (this.isSet) throw new Error('trapped');
    return false;
  }
}

/** A session in the middle of something, with a trap that is not set yet. */
function trapped(): Talk<ScriptedServer> & { readonly play: Playbook; readonly trap: Trap } {
  const trap = new Trap();
  const play = playbook({
    tagRules: [trap],
    interceptors: [
      {
        name: 'brake',
        intercept: ({ message }) =>
          message['method'] === 'tools/slow' ? { action: 'delay', delayMs: 1e6 } : undefined,
      },
    ],
  });
  const talk = play.open({ principal: 'alice' });
  const { client, server } = talk;
  talk.handshake();
  client.asks(1, 'tools/call', { _meta: { progressToken: 'p' } });
  client.asks(2, 'tools/list');
  server.answers(2);
  server.asks(1, 'roots/list');
  client.asks(3, 'tools/slow');
  client.notifies('notifications/roots/list_changed');
  client.takesAll();
  server.takesAll();
  return { play, trap, ...talk };
}

/** Everything that can be seen of a session from outside. That something failed is counted for the whole, not in it. */
function visible({ play, session }: ReturnType<typeof trapped>): unknown {
  const { rolledBackEvents: _failed, ...totals } = play.runtime.totals();
  return structuredClone({
    snapshot: session.snapshot(),
    metadata: JSON.parse(JSON.stringify(session.metadata())) as unknown,
    totals,
    observations: play.observations,
    timers: play.clock.pending,
  });
}

type Act = (talk: ReturnType<typeof trapped>) => void;

/** Frames that change as much as a frame can, and whom they make wait. */
const frames: Readonly<Record<string, Act>> = {
  'a request': ({ client }) => client.asks(9, 'tools/call', { _meta: { progressToken: 'q' } }),
  'a request under a taken id': ({ client }) => client.asks(1, 'tools/call'),
  'a request that is held': ({ client }) => client.asks(9, 'tools/slow'),
  'a second handshake': ({ client }) => client.sends(initialize(9)),
  'a notification': ({ server }) => server.notifies('notifications/message'),
  'a progress': ({ server }) => server.sends(progress('p', 1)),
  'a cancellation': ({ client }) => client.sends(cancelled(1)),
  'a cancellation of what is held': ({ client }) => client.sends(cancelled(3)),
  'a stray answer': ({ server }) => server.answers('nobody asked'),
  'a question of the server': ({ server }) => server.asks(9, 'sampling/createMessage'),
};

describe('S6 when a tag rule throws', () => {
  test.each(Object.entries(frames))('S6 over %s, nothing of it is left, and the session goes on', (_name, act) => {
    const talk = trapped();
    const before = visible(talk);
    talk.trap.isSet = true;
    act(talk);
    expect(visible(talk)).toEqual(before);
    talk.play.log.says('error', 'an event failed and was rolled back');
    for (const told of [...talk.client.takesAll(), ...talk.server.takesAll()]) {
      expect(told).toMatchObject({ error: { code: 5000, data: { code: 'INTERCEPTOR_FAILED', part: 'tag-rule' } } });
    }
    talk.trap.isSet = false;
    talk.client.asks(10, 'ping');
    talk.server.receivesRequest(10, 'ping');
    talk.server.answers(10);
    talk.client.receivesResult(10);
    talk.server.answers(1);
    talk.client.receivesResult(1);
  });

  test('S6 the sender of a request is told, on either side', () => {
    const talk = trapped();
    talk.trap.isSet = true;
    talk.client.asks(9, 'tools/call');
    talk.client.receivesError(9, 5000, { code: 'INTERCEPTOR_FAILED', part: 'tag-rule' });
    talk.server.asks(9, 'sampling/createMessage');
    talk.server.receivesError(9, 5000, { code: 'INTERCEPTOR_FAILED', part: 'tag-rule' });
    talk.play.log.says('error', 'an event failed and was rolled back');
    talk.play.log.says('error', 'an event failed and was rolled back');
  });

  test('S6 S1 over an answer, the request is settled with an error all the same: nobody waits for ever', () => {
    const talk = trapped();
    talk.trap.isSet = true;
    talk.server.answers(1);
    talk.client.receivesError(1, 5000, { code: 'INTERCEPTOR_FAILED', part: 'session' });
    talk.play.log.says('error', 'an event failed and was rolled back');
    expect(talk.session.snapshot().pending.map((entry) => entry.id)).toEqual([3, 1]);
    talk.trap.isSet = false;
    talk.server.answers(1);
    talk.client.receivesNothing();
    expect(talk.counts('lateResponses', 'outcome.refused')).toEqual({ lateResponses: 1, 'outcome.refused': 1 });
  });

  test('S6 S1 over and over, deadlines, losses and the end of the session come to pass', () => {
    const talk = trapped();
    talk.trap.isSet = true;
    talk.play.timePasses(300_000);
    expect(talk.counts('outcome.timeout')).toEqual({ 'outcome.timeout': 0 });
    talk.client.answers(1);
    talk.play.log.says('error', 'an event failed and was rolled back');
    talk.server.receivesError(1, 5000, { code: 'INTERCEPTOR_FAILED', part: 'session' });
    talk.play.timePasses(300_100);
    expect(talk.client.takesAll().map((message) => message['id'])).toEqual(expect.arrayContaining([1, 3]));
    talk.client.leaves();
    expect(talk.session.snapshot()).toMatchObject({ state: 'closed', pending: [], held: [] });
    talk.server.takesAll();
  });
});

describe('S10 an effect that fails', () => {
  test('S10 settles the request that it carried, and the session goes on', () => {
    const { client, server, counts } = playbook({ limits: { bufferBytesMax: 100 } }).open();
    server.stopsReading();
    client.asks(1, 'ping');
    client.asks(2, 'tools/call', { pad: 'x'.repeat(200) });
    client.receivesError(2, 4290, { code: 'TOO_MANY_REQUESTS', scope: 'buffer', limit: 100, retryAfterMs: 1000 });
    expect(counts('effectFailures', 'outcome.refused')).toEqual({ effectFailures: 1, 'outcome.refused': 1 });
    server.receivesRequest(1, 'ping');
    server.answers(1);
    client.receivesResult(1);
  });

  test('S10 because a link throws settles its request as lost, at once', () => {
    const play = playbook();
    const { client, server, session } = play.open();
    server.write = () => {
      throw new Error('EPIPE');
    };
    client.asks(1, 'tools/call');
    client.receivesError(1, 5020, { code: 'UPSTREAM_LOST', reason: 'closed' });
    expect(session.snapshot()).toMatchObject({ status: 'active', pending: [] });
  });

  test('S10 because the client’s link throws is counted, and the server is told that nobody is there', () => {
    const { client, server, counts } = playbook().open();
    client.write = () => {
      throw new Error('EPIPE');
    };
    server.asks(1, 'roots/list');
    server.receivesError(1, 4040, { code: 'SESSION_NOT_FOUND', reason: 'client-gone' });
    server.notifies('notifications/message');
    expect(counts('effectFailures')).toEqual({ effectFailures: 2 });
  });

  test('S10 effects leave after the commit: whoever is written to sees the session as it has become', () => {
    const { client, server, session } = playbook().open();
    const seen: unknown[] = [];
    const write = server.write.bind(server);
    server.write = (message) => {
      seen.push(session.snapshot().pending.map((entry) => entry.id));
      return write(message);
    };
    client.asks(1, 'tools/call');
    server.receivesRequest(1, 'tools/call');
    expect(seen).toEqual([[1]]);
  });

  test('S10 a server that answers while it is written to is heard afterwards', () => {
    const { client, server, counts } = playbook().open();
    const write = server.write.bind(server);
    server.write = (message) => {
      const isWritable = write(message);
      server.answers(1);
      return isWritable;
    };
    client.asks(1, 'tools/call');
    server.receivesRequest(1, 'tools/call');
    client.receivesResult(1);
    expect(counts('outcome.result', 'bogusResponses')).toEqual({ 'outcome.result': 1, bogusResponses: 0 });
  });
});
