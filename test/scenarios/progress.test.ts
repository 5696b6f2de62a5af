/** Progress: whose it is, in which order it comes, and how long its token lives. */
import { describe, expect, test } from 'vitest';
import { builtInProfiles } from '../../src/session/profiles.ts';
import { progress } from '../../src/testing/messages.ts';
import { playbook } from './conversation.ts';

const withToken = (progressToken: string | number): object => ({ _meta: { progressToken } });

describe('progress', () => {
  test('R13 P18 comes before the answer that it was sent before, even when nothing was between them', () => {
    const { client, server } = playbook().open();
    client.asks(1, 'tools/call', withToken(1));
    server.receivesRequest(1, 'tools/call', withToken(1));
    for (const value of [1, 2, 3]) server.sends(progress(1, value));
    server.answers(1);
    for (const value of [1, 2, 3]) client.receives(progress(1, value));
    client.receivesResult(1);
  });

  test('R13 P18 keeps its place when the client reads slowly', () => {
    const { client, server } = playbook().open();
    client.asks(1, 'tools/call', withToken(1));
    server.receivesRequest(1, 'tools/call', withToken(1));
    client.stopsReading();
    server.sends(progress(1, 1));
    server.sends(progress(1, 2));
    server.answers(1);
    client.receives(progress(1, 1));
    client.receivesNothing();
    client.readsAgain();
    client.receives(progress(1, 2));
    client.receivesResult(1);
  });

  test('R13 that is held keeps the answer of its request behind it, and no other answer', async () => {
    let release: () => void = () => {};
    const released = new Promise<{ action: 'continue' }>((resolve) => {
      release = () => resolve({ action: 'continue' });
    });
    const play = playbook({
      interceptors: [
        {
          name: 'reads progress slowly',
          intercept: ({ message }) => (message['method'] === 'notifications/progress' ? released : undefined),
        },
      ],
    });
    const { client, server } = play.open();
    client.asks(1, 'tools/call', withToken('one'));
    client.asks(2, 'tools/call', withToken('two'));
    client.asks(3, 'tools/call');
    expect(server.takesAll()).toHaveLength(3);
    server.sends(progress('one', 1));
    server.answers(1);
    server.answers(3);
    server.answers(2);
    client.receivesResult(3);
    client.receivesResult(2);
    client.receivesNothing();
    release();
    await play.promisesSettle();
    client.receives(progress('one', 1));
    client.receivesResult(1);
  });

  test('R12 after the answer is swallowed and counted', () => {
    const { client, server, counts } = playbook().open();
    client.asks(1, 'tools/call', withToken(1));
    server.receivesRequest(1, 'tools/call', withToken(1));
    server.answers(1);
    server.sends(progress(1, 1));
    client.receivesResult(1);
    client.receivesNothing();
    expect(counts('lateProgress', 'unattributedProgress')).toEqual({ lateProgress: 1, unattributedProgress: 0 });
  });

  test('R12 S5 after the answer is passed on where the profile is lenient', () => {
    const { client, server, counts } = playbook().open({ profile: builtInProfiles.get('lenient')! });
    client.asks(1, 'tools/call', withToken(1));
    server.receivesRequest(1, 'tools/call', withToken(1));
    server.answers(1);
    server.sends(progress(1, 1));
    client.receivesResult(1);
    client.receives(progress(1, 1));
    expect(counts('lateProgress')).toEqual({ lateProgress: 1 });
  });

  test('R12 under a token that the server invented is passed on and counted', () => {
    const { client, server, counts } = playbook().open();
    server.sends(progress('invented', 1));
    client.receives(progress('invented', 1));
    expect(counts('unattributedProgress')).toEqual({ unattributedProgress: 1 });
  });

  test('R12 under a token that is used again belongs to the request that has it now', () => {
    const play = playbook({ times: { requestIdleMs: 1000 } });
    const { client, server, counts } = play.open();
    client.asks(1, 'tools/call', withToken('t'));
    server.answers(1);
    client.asks(2, 'tools/call', withToken('t'));
    play.timePasses(900);
    server.sends(progress('t', 1));
    play.timePasses(900);
    server.answers(2);
    expect(server.takesAll()).toHaveLength(2);
    expect(client.takesAll()).toHaveLength(3);
    expect(counts('lateProgress', 'outcome.timeout')).toEqual({ lateProgress: 0, 'outcome.timeout': 0 });
  });

  test('R1 R12 tokens keep their type: progress for "1" is not progress for 1', () => {
    const play = playbook({ times: { requestIdleMs: 1000 } });
    const { client, server, counts } = play.open();
    client.asks(1, 'tools/call', withToken(1));
    server.receivesRequest(1, 'tools/call', withToken(1));
    play.timePasses(900);
    server.sends(progress('1', 1));
    client.receives(progress('1', 1));
    play.timePasses(100);
    expect(client.takesAll()).toMatchObject([{ id: 1, error: { code: 5040 } }]);
    expect(counts('unattributedProgress')).toEqual({ unattributedProgress: 1 });
    server.takesAll();
  });

  test('R2 R12 of the client, for what the server asked, goes the other way', () => {
    const { client, server } = playbook().open();
    client.asks(1, 'tools/call', withToken(7));
    server.receivesRequest(1, 'tools/call', withToken(7));
    server.asks(1, 'sampling/createMessage', withToken(7));
    client.receivesRequest(1, 'sampling/createMessage', withToken(7));
    client.sends(progress(7, 1));
    server.receives(progress(7, 1));
    client.answers(1);
    server.receivesResult(1);
    client.sends(progress(7, 2));
    server.receivesNothing();
    server.sends(progress(7, 3));
    client.receives(progress(7, 3));
  });
});
