import { describe, expect, onTestFinished, test } from 'vitest';
import { explain, spoken } from '../../src/observe/explain.ts';
import type { PeerLink } from '../../src/ports.ts';
import type { Interceptor } from '../../src/session/interception.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { initialize, initializeResult, notification, request, result } from '../../src/testing/messages.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { toolCall } from '../e2e/program.ts';

const bytes = (message: object): Uint8Array => Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }));

function talk(interceptors: readonly Interceptor[] = []) {
  const clock = new VirtualClock();
  const runtime = createRuntime({ ids: { sessionId: () => 'one' }, clock, interceptors });
  const link: PeerLink = { write: () => true, pause: () => {}, close: () => {} };
  const opened = runtime.open({ transportType: 'in-memory', client: link, server: link });
  if ('refusal' in opened) throw new Error(opened.refusal.code);
  const { session } = opened;
  onTestFinished(() => session.close());
  const shakeHands = (): void => {
    session.client.receive(bytes(initialize('hello')));
    session.server.receive(bytes(result('hello', initializeResult())));
    session.client.receive(bytes(notification('notifications/initialized')));
  };
  return { clock, session, shakeHands, text: () => explain(session.snapshot()).join('\n') };
}

describe('why a session is as it is', () => {
  test('before the handshake', () => {
    const { clock, session, text } = talk();
    clock.advance(65_000);
    expect(text()).toContain('It opened 1 min 5 s ago; the handshake has not begun');
    session.client.receive(bytes(initialize('hello')));
    clock.advance(2_000);
    expect(text()).toContain(
      '"hello" initialize, asked by the client 2 s ago: sent to the server, which has not answered; given up in 58 s unless there is progress.',
    );
  });

  test('in peace, and with a call that its server does not answer', () => {
    const { clock, session, shakeHands, text } = talk();
    shakeHands();
    expect(text()).toContain('Nothing waits for an answer.');
    session.client.receive(bytes(toolCall(7, 'build')));
    clock.advance(100_000);
    expect(text()).toContain(
      '7 tools/call, asked by the client 1 min 40 s ago: sent to the server, which has not answered; given up in 3 min 20 s',
    );
  });

  test('with a question of the server, which has an absolute deadline only', () => {
    const { session, shakeHands, text } = talk();
    shakeHands();
    session.server.receive(bytes(request('s1', 'roots/list')));
    expect(text()).toContain(
      '"s1" roots/list, asked by the server 0 ms ago: sent to the client, which has not answered',
    );
  });

  test('with a frame that an interceptor has not decided on', () => {
    const { session, shakeHands, text } = talk([
      { name: 'thinker', intercept: ({ method }) => (method === 'tools/call' ? new Promise(() => {}) : undefined) },
    ]);
    shakeHands();
    session.client.receive(bytes(toolCall(7, 'build')));
    expect(text()).toMatch(/7 tools\/call, .*: not sent on yet/);
    expect(text()).toMatch(
      /Frame \d+, a request \(tools\/call\) on its way to the server, \d+ bytes, is held: an interceptor/,
    );
  });

  test('when it is over, with what went wrong before', () => {
    const { session, shakeHands, text } = talk();
    shakeHands();
    session.client.receive(bytes(toolCall(7, 'build')));
    session.client.receive(bytes(toolCall(7, 'build')));
    expect(text()).toContain('So far: 1 with an id that was in use.');
    session.close();
    expect(text()).toContain('and it has ended: closed-by-operator');
  });
});

test.each([
  [0, '0 ms'],
  [999.4, '999 ms'],
  [1000, '1 s'],
  [61_000, '1 min 1 s'],
  [3_600_000, '1 h'],
  [90_061_000, '1 d 1 h'],
])('%d ms is %s', (ms, text) => {
  expect(spoken(ms)).toBe(text);
});
