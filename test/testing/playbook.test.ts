import { describe, expect, test } from 'vitest';
import { Playbook } from '../../src/testing/playbook.ts';

describe('a playbook', () => {
  test('reads as a conversation, and ends when everything is accounted for', async () => {
    const play = new Playbook();
    const { client, server, session, handshake, counts, endedWith } = play.open();
    handshake();
    client.asks(1, 'tools/list');
    server.receivesRequest(1, 'tools/list');
    play.timePasses(20);
    server.answers(1, { tools: [] });
    client.receivesResult(1, { tools: [] });
    client.leaves();
    expect(session.snapshot()).toMatchObject({ state: 'closed', ageMs: 20 });
    expect(endedWith).toEqual(['client-gone']);
    expect(counts('outcome.result', 'outcome.error')).toEqual({ 'outcome.result': 2, 'outcome.error': 0 });
    expect(Object.keys(counts())).not.toContain('outcome.error');
    expect(play.observations.map((observation) => observation.type)).toContain('session-ended');
    await play.ends();
  });

  test.each<[string, (play: Playbook) => void, RegExp]>([
    [
      'a message that the server was not expected to receive',
      (play) => play.open().client.asks(1, 'ping'),
      /server 1 received what nobody expected/,
    ],
    [
      'a message that the client was not expected to receive',
      (play) => play.open().server.notifies('notifications/message'),
      /client 1 received what nobody expected/,
    ],
    [
      'an error in the log',
      (play) => {
        play.runtime.observe(() => {
          throw new Error('a guest');
        });
        play.open();
      },
      /the log has an error that nobody expected: an observer threw/,
    ],
    ['a timer that threw', (play) => throwsLater(play), /a timer threw/],
    ['a timer that is left', (play) => void play.clock.setTimeout(() => {}, 1e9), /still owns something/],
  ])('does not end well with %s', async (_case, goWrong, said) => {
    const play = new Playbook();
    goWrong(play);
    await expect(play.ends()).rejects.toThrow(said);
  });

  test('says nothing more when an expectation has failed before', async () => {
    const play = new Playbook();
    const { client } = play.open();
    client.asks(1, 'ping');
    expect(() => client.receivesNothing()).not.toThrow();
    expect(() => client.receivesResult(1)).toThrow(/received nothing more/);
    await play.ends();
  });

  test('has servers that come back, and says when they stopped for good', async () => {
    const play = new Playbook();
    const { client, server, session } = play.openWithRestarts({
      restart: { restartsMax: 1, withinMs: 1000, backoffMs: 50 },
    });
    expect([server.starts, server.isRunning]).toEqual([1, true]);
    server.comesUp();
    server.goesDown({ exitCode: 1 });
    play.timePasses(50);
    expect(server.starts).toBe(2);
    server.comesUp();
    server.goesDown({ exitCode: 2 });
    expect(server.stoppedWith).toMatchObject({ exitCode: 2 });
    expect(session.snapshot().endReason).toBe('upstream-exhausted');
    client.receivesNothing();
    await play.ends();
  });

  test('is refused a session with a reason, or fails', async () => {
    const play = new Playbook({ limits: { sessions: 1 } });
    expect(() => play.isRefusedASession()).toThrow(/the session was opened/);
    const full = new Playbook({ limits: { sessions: 1 }, times: { halfOpenMs: Infinity } });
    full.open();
    expect(full.isRefusedASession().code).toBe('TOO_MANY_SESSIONS');
    expect(() => full.open()).toThrow(/no session: TOO_MANY_SESSIONS/);
  });

  test('lets promises settle without time passing', async () => {
    const play = new Playbook();
    let hasSettled = false;
    void Promise.resolve()
      .then(() => Promise.resolve())
      .then(() => (hasSettled = true));
    await play.promisesSettle();
    expect([hasSettled, play.clock.now()]).toEqual([true, 0]);
    await play.ends();
  });
});

function throwsLater(play: Playbook): void {
  play.clock.setTimeout(() => {
    throw new Error('late');
  }, 5);
  play.timePasses(5);
}
