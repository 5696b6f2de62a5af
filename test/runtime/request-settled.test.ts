import { describe, expect, test } from 'vitest';
import type { Interceptor } from '../../src/session/interception.ts';
import { Playbook } from '../../src/testing/playbook.ts';

type Settled = Extract<Playbook['observations'][number], { type: 'request-settled' }>;

const settledOf = (play: Playbook): readonly Settled[] =>
  play.observations.filter((seen) => seen.type === 'request-settled');

describe('a settled request', () => {
  test('says where it came in and what its peers had agreed on', () => {
    const play = new Playbook();
    const { client, server, handshake } = play.open({ route: 'tickets', transportType: 'websocket' });
    handshake({ protocolVersion: '2025-06-18' });
    client.asks(1, 'tools/list');
    server.receivesRequest(1, 'tools/list');
    play.timePasses(40);
    server.answers(1, {});
    client.receivesResult(1, {});
    expect(settledOf(play)).toMatchObject([
      { method: 'initialize', route: 'tickets', transportType: 'websocket' },
      {
        method: 'tools/list',
        protocolVersion: '2025-06-18',
        sentAfterMs: 0,
        elapsedMs: 40,
        outcome: 'result',
        errorCode: undefined,
      },
    ]);
  });

  test("has the code of the peer's own error, as it is under our own id", () => {
    const play = new Playbook();
    const { client, server, handshake } = play.open();
    handshake();
    client.asks(1, 'tools/call');
    server.receivesRequest(1, 'tools/call');
    server.sends('{"error":{"message":"é","code":-32602},"jsonrpc":"2.0","id":1}');
    client.takesAll();
    expect(settledOf(play).at(-1)).toMatchObject({ outcome: 'error', errorCode: -32602 });
  });

  test('has no code where the peer gave none that is a whole number', () => {
    const play = new Playbook();
    const { client, server, handshake } = play.open();
    handshake();
    client.asks(1, 'tools/call');
    server.receivesRequest(1, 'tools/call');
    server.sends('{"error":{"message":"x","code":"late"},"jsonrpc":"2.0","id":1}');
    client.takesAll();
    expect(settledOf(play).at(-1)).toMatchObject({ outcome: 'error', errorCode: undefined });
  });

  test('that timed out has the code that its requester was told', () => {
    const play = new Playbook({ times: { requestIdleMs: 100 } });
    const { client, server, handshake } = play.open();
    handshake();
    client.asks(1, 'tools/list');
    play.timePasses(150);
    client.takesAll();
    server.takesAll();
    expect(settledOf(play).at(-1)).toMatchObject({ outcome: 'timeout', errorCode: 5040, sentAfterMs: 0 });
  });

  test('that nobody was told of has no code', () => {
    const play = new Playbook();
    const { client, server, handshake } = play.open();
    handshake();
    client.asks(1, 'tools/list');
    server.takesAll();
    client.leaves();
    expect(settledOf(play).at(-1)).toMatchObject({ outcome: 'client-gone', errorCode: undefined });
  });

  test('that was held was sent on later than it came; one that was refused never was', () => {
    const slow: Interceptor = {
      name: 'slow',
      intercept: ({ method }) => {
        if (method === 'tools/call') return { action: 'delay', delayMs: 1000 };
        return method === 'prompts/get' ? { action: 'block', code: -32001 } : undefined;
      },
    };
    const play = new Playbook({ interceptors: [slow] });
    const { client, server, handshake } = play.open();
    handshake();
    client.asks(1, 'tools/call');
    play.timePasses(1100);
    server.receivesRequest(1, 'tools/call');
    play.timePasses(5);
    server.answers(1, {});
    client.receivesResult(1, {});
    client.asks(2, 'prompts/get');
    client.takesAll();
    const [, held, blocked] = settledOf(play);
    expect(held).toMatchObject({ method: 'tools/call', elapsedMs: 1105 });
    expect(held?.sentAfterMs).toBeGreaterThanOrEqual(1000);
    expect(held?.sentAfterMs).toBeLessThanOrEqual(1100);
    expect(blocked).toMatchObject({
      method: 'prompts/get',
      outcome: 'refused',
      sentAfterMs: undefined,
      errorCode: -32001,
    });
  });

  test('of a server has the code that its client answered with', () => {
    const play = new Playbook();
    const { client, server, handshake } = play.open();
    handshake({ capabilities: { roots: {} } });
    server.asks('q', 'roots/list');
    client.receivesRequest('q', 'roots/list');
    client.sends('{"jsonrpc":"2.0","id":"q","error":{"code":-32601,"message":"no"}}');
    server.takesAll();
    expect(settledOf(play).at(-1)).toMatchObject({ direction: 'server-to-client', errorCode: -32601 });
  });
});

test('a state that a session leaves says how long it was there', () => {
  const play = new Playbook();
  const { handshake, client } = play.open();
  play.timePasses(7);
  handshake();
  play.timePasses(30);
  client.leaves();
  expect(play.observations.filter((seen) => seen.type === 'state-changed')).toMatchObject([
    { from: 'initializing', dwellMs: 7 },
    { from: 'active.serving', to: 'closed', dwellMs: 30 },
  ]);
});
