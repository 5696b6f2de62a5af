/** Sessions side by side on one runtime: what belongs to one never reaches another, and one that ends takes nobody along. */
import { describe, expect, test } from 'vitest';
import { cancelled, progress } from '../../src/testing/messages.ts';
import { playbook } from './conversation.ts';

describe('sessions side by side', () => {
  test('P4 F7 equal ids in two sessions are two requests: each answer reaches its own client', () => {
    const play = playbook();
    const alice = play.open({ principal: 'alice' });
    const bob = play.open({ principal: 'bob' });
    alice.client.asks(1, 'tools/call', { of: 'alice' });
    bob.client.asks(1, 'tools/call', { of: 'bob' });
    alice.server.receivesRequest(1, 'tools/call', { of: 'alice' });
    bob.server.receivesRequest(1, 'tools/call', { of: 'bob' });
    bob.server.answers(1, { for: 'bob' });
    bob.client.receivesResult(1, { for: 'bob' });
    alice.client.receivesNothing();
    alice.server.answers(1, { for: 'alice' });
    alice.client.receivesResult(1, { for: 'alice' });
  });

  test('P4 F7 a cancellation, a progress or a stray answer of one session means nothing in another', () => {
    const play = playbook();
    const alice = play.open();
    const bob = play.open();
    alice.client.asks(1, 'tools/call', { _meta: { progressToken: 't' } });
    alice.server.receivesRequest(1, 'tools/call', { _meta: { progressToken: 't' } });
    bob.client.sends(cancelled(1));
    bob.server.sends(progress('t', 1));
    bob.server.answers(1);
    bob.client.receives(progress('t', 1));
    alice.client.receivesNothing();
    expect(bob.counts('lateCancellations', 'unattributedProgress', 'bogusResponses')).toEqual({
      lateCancellations: 1,
      unattributedProgress: 1,
      bogusResponses: 1,
    });
    expect(alice.session.snapshot().pending).toMatchObject([{ id: 1, state: 'open' }]);
  });

  test('P18 notifications reach the client of their own server, in order, and nobody else', () => {
    const play = playbook();
    const talks = [play.open(), play.open(), play.open()];
    for (const round of [1, 2]) {
      for (const [index, { server }] of talks.entries()) server.notifies('notifications/message', { index, round });
    }
    for (const [index, { client }] of talks.entries()) {
      client.receivesNotification('notifications/message', { index, round: 1 });
      client.receivesNotification('notifications/message', { index, round: 2 });
      client.receivesNothing();
    }
  });

  test('P9 what a server asks reaches the client that caused it, and the answer returns', () => {
    const play = playbook();
    const talks = [play.open(), play.open()];
    for (const { client, server } of talks) {
      client.asks(1, 'tools/call');
      server.receivesRequest(1, 'tools/call');
      for (const method of ['sampling/createMessage', 'elicitation/create', 'roots/list', 'ping']) {
        server.asks(method, method);
      }
    }
    for (const [index, { client, server }] of talks.entries()) {
      for (const method of ['sampling/createMessage', 'elicitation/create', 'roots/list', 'ping']) {
        client.receivesRequest(method, method);
        client.answers(method, { index });
        server.receivesResult(method, { index });
      }
    }
  });

  test('S1 one that ends settles its own requests and no others', () => {
    const play = playbook();
    const alice = play.open();
    const bob = play.open();
    alice.client.asks(1, 'tools/call');
    bob.client.asks(1, 'tools/call');
    expect(play.runtime.totals().pending.ordinary).toBe(2);
    alice.server.isLost();
    expect(alice.client.takesAll()).toHaveLength(1);
    expect(play.runtime.totals().pending.ordinary).toBe(1);
    bob.server.receivesRequest(1, 'tools/call');
    bob.server.answers(1);
    bob.client.receivesResult(1);
    alice.server.receivesRequest(1, 'tools/call');
  });

  test('S6 one whose tag rule throws, or whose observer does, leaves the others in peace', () => {
    const play = playbook({
      tagRules: [
        {
          tag: 'broken',
          holds: ({ largestFrameBytes }) => {
            if (largestFrameBytes > 1000) throw new Error('a rule that cannot stand large frames');
            return false;
          },
        },
      ],
    });
    const alice = play.open();
    const bob = play.open();
    alice.client.asks(1, 'tools/call', { text: 'x'.repeat(2000) });
    alice.client.receivesError(1, 5000, { code: 'INTERCEPTOR_FAILED', part: 'tag-rule' });
    play.log.says('error', 'an event failed and was rolled back');
    for (const { client, server } of [alice, bob]) {
      client.asks(2, 'tools/list');
      server.receivesRequest(2, 'tools/list');
      server.answers(2);
      client.receivesResult(2);
    }
  });

  test('an embedder whose callback throws harms its own session alone', () => {
    const play = playbook();
    const alice = play.open({
      onEnded: () => {
        throw new Error('a careless embedder');
      },
    });
    const bob = play.open();
    alice.session.close();
    expect(play.log.lines('error')).toHaveLength(1);
    play.log.says('error', 'a callback threw');
    bob.client.asks(1, 'tools/list');
    bob.server.receivesRequest(1, 'tools/list');
    bob.server.answers(1);
    bob.client.receivesResult(1);
    play.open();
  });
});
