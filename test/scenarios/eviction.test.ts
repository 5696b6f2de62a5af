/** Who has to go when there is no room for one more session, and who never does. */
import { describe, expect, test } from 'vitest';
import type { Playbook, PlaybookOptions, Talk } from '../../src/testing/playbook.ts';
import type { ScriptedServer } from '../../src/testing/scripted-peer.ts';
import { playbook } from './conversation.ts';

/** A runtime with room for `sessions`, and as many that are open and served. */
function fullHouse(sessions: number, options: PlaybookOptions = {}): { play: Playbook; talks: Talk<ScriptedServer>[] } {
  const play = playbook({ ...options, limits: { sessions, ...options.limits } });
  const talks = Array.from({ length: sessions }, () => {
    const talk = play.open();
    talk.handshake();
    play.timePasses(10);
    return talk;
  });
  return { play, talks };
}

const evicted = (talks: readonly Talk<ScriptedServer>[]): number[] =>
  talks.flatMap(({ endedWith }, index) => (endedWith.includes('evicted') ? [index] : []));

/** A whole exchange: the session is busy for a moment, and quiet again. */
function talkOnce({ client, server }: Talk<ScriptedServer>): void {
  client.asks(1, 'tools/list');
  server.receivesRequest(1, 'tools/list');
  server.answers(1);
  client.receivesResult(1);
}

describe('one session more than there is room for', () => {
  test('S7 F1 takes the place of the one that has been quiet longest', () => {
    const { play, talks } = fullHouse(3);
    talkOnce(talks[0]!);
    play.open();
    expect(evicted(talks)).toEqual([1]);
    expect(talks[1]!.session.snapshot()).toMatchObject({ state: 'closed', endReason: 'evicted' });
    play.open();
    expect(evicted(talks)).toEqual([1, 2]);
  });

  test('S7 takes rather the place of one that never began, when it had 10 s to do so', () => {
    const play = playbook({ limits: { sessions: 3 } });
    const served = play.open();
    served.handshake();
    play.timePasses(1000);
    const idlers = [play.open(), play.open()];
    play.timePasses(9_999);
    play.open();
    expect(evicted([served, ...idlers])).toEqual([0]);
    play.timePasses(1);
    play.open();
    expect(evicted([served, ...idlers])).toEqual([0, 1]);
  });

  test('S7 F1 never takes the place of a busy one: with pending requests or an open stream', () => {
    const { play, talks } = fullHouse(3);
    talks[0]!.client.asks(5, 'tools/call');
    talks[0]!.server.receivesRequest(5, 'tools/call');
    talks[1]!.client.opensStream();
    talks[2]!.server.asks(5, 'roots/list');
    talks[2]!.client.receivesRequest(5, 'roots/list');
    play.timePasses(100_000);
    expect(play.isRefusedASession()).toEqual({
      code: 'TOO_MANY_SESSIONS',
      data: { scope: 'total', current: 3, limit: 3, retryAfterMs: 1000 },
    });
    talks[1]!.client.closesStream();
    play.open();
    expect(evicted(talks)).toEqual([1]);
  });

  test('S7 a fresh one is not thrown out by the next: then nobody goes', () => {
    const play = playbook({ limits: { sessions: 1 } });
    const { session } = play.open();
    expect(play.isRefusedASession()).toMatchObject({ code: 'TOO_MANY_SESSIONS' });
    expect(session.snapshot().state).toBe('initializing');
  });

  test('S7 is the 1001st by default', () => {
    const play = playbook();
    for (let opened = 0; opened < 1000; opened++) play.open();
    expect(play.isRefusedASession()).toMatchObject({ data: { current: 1000, limit: 1000 } });
  });

  test('F3 however often a session was busy and quiet, it stands in the queue once, at its last place', () => {
    const { play, talks } = fullHouse(3);
    for (let round = 0; round < 100; round++) talkOnce(talks[0]!);
    for (let opened = 0; opened < 2; opened++) play.open().handshake();
    expect(evicted(talks)).toEqual([1, 2]);
    play.open().handshake();
    expect(evicted(talks)).toEqual([0, 1, 2]);
    expect(play.runtime.totals().sessionsByState['active.serving']).toBe(3);
  });

  test('F1 is opened at once, by whoever: the end of the evicted is part of it, and tells its peers', () => {
    const { play, talks } = fullHouse(1);
    const seen: string[] = [];
    play.runtime.observe((observation) => {
      if (observation.type.startsWith('session-')) seen.push(`${observation.type} ${observation.sessionId}`);
    });
    play.open();
    expect(seen).toEqual(['session-ended s1', 'session-opened s2']);
    const [first] = talks;
    expect([first!.client.closedBecause, first!.server.closedBecause]).toEqual(['evicted', 'evicted']);
  });
});

describe('one principal', () => {
  test('S7 holds half of all sessions at most, and no other has to go for its sake', () => {
    const play = playbook({ limits: { sessions: 4 } });
    const others = [play.open({ principal: 'bob' }), play.open({ principal: 'bob' })];
    for (const { handshake } of others) handshake();
    const own = [play.open({ principal: 'alice' }), play.open({ principal: 'alice' })];
    for (const { handshake } of own) handshake();
    play.timePasses(100_000);
    expect(play.isRefusedASession({ principal: 'alice' })).toEqual({
      code: 'TOO_MANY_SESSIONS',
      data: { scope: 'principal', current: 2, limit: 2, retryAfterMs: 1000 },
    });
    expect(evicted([...others, ...own])).toEqual([]);
    play.open({ principal: 'carol' });
    expect(evicted([...others, ...own])).toEqual([0]);
  });

  test('S7 gets its place back when one of its sessions ends', () => {
    const play = playbook({ limits: { sessions: 2 } });
    const { client } = play.open({ principal: 'alice' });
    expect(play.isRefusedASession({ principal: 'alice' })).toMatchObject({ data: { scope: 'principal', limit: 1 } });
    client.leaves();
    play.open({ principal: 'alice' });
  });
});

describe('time that passes', () => {
  test('F4 is noticed by the sessions that are due and by no others', () => {
    let asked = 0;
    const play = playbook({
      tagRules: [
        {
          tag: 'counted',
          holds: () => {
            asked++;
            return false;
          },
        },
      ],
    });
    const talks = Array.from({ length: 200 }, () => play.open());
    for (const { client } of talks) client.notifies('notifications/roots/list_changed');
    for (const { server } of talks) server.takesAll();
    asked = 0;
    play.timePasses(59_000);
    expect(asked).toBe(0);
    talks[0]!.client.notifies('notifications/roots/list_changed');
    talks[0]!.server.takesAll();
    expect(asked).toBe(1);
    play.timePasses(1_100);
    expect(talks[0]!.session.snapshot().tags).toEqual([]);
    expect(talks[1]!.session.snapshot().tags).toEqual(['idle']);
  });

  test('F4 costs one timer, whatever the number of sessions', () => {
    const play = playbook({ limits: { sessions: 500 } });
    for (let opened = 0; opened < 500; opened++) {
      const { client, server } = play.open();
      client.asks(1, 'tools/call');
      server.receivesRequest(1, 'tools/call');
    }
    expect(play.clock.pending).toBe(1);
  });
});
