import { describe, expect, onTestFinished, test } from 'vitest';
import { explain, explainRequest, spoken } from '../../src/observe/explain.ts';
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

describe('U3 why a session is as it is', () => {
  test('before the handshake', () => {
    const { clock, session, text } = talk();
    clock.advance(65_000);
    expect(text()).toContain('It opened 1 min 5 s ago; the handshake has not begun');
    session.client.receive(bytes(initialize('hello')));
    clock.advance(2_000);
    expect(text()).toContain(
      'initialize "hello", asked by the client 2 s ago: sent to the server, which has not answered; next deadline in 58 s, whatever happens.',
    );
  });

  test('in peace, and with a call that its server does not answer', () => {
    const { clock, session, shakeHands, text } = talk();
    shakeHands();
    expect(text()).toContain('Nothing waits for an answer.');
    session.client.receive(bytes(toolCall(7, 'build')));
    clock.advance(100_000);
    expect(text()).toContain(
      'tools/call 7, asked by the client 1 min 40 s ago: sent to the server, which has not answered; next deadline in 3 min 20 s, unless there is progress.',
    );
  });

  test('with a question of the server, which has an absolute deadline only', () => {
    const { session, shakeHands, text } = talk();
    shakeHands();
    session.server.receive(bytes(request('s1', 'roots/list')));
    expect(text()).toContain(
      'roots/list "s1", asked by the server 0 ms ago: sent to the client, which has not answered',
    );
  });

  test('with a call that waits for an answer of its own client', () => {
    const { clock, session, shakeHands, text } = talk();
    shakeHands();
    session.client.receive(bytes(toolCall(7, 'build')));
    clock.advance(1_000);
    session.server.receive(bytes(request(2, 'elicitation/create')));
    clock.advance(43_000);
    expect(text()).toContain(
      [
        'The server said something last 43 s ago; the client spoke 44 s ago.',
        '2 requests without an answer:',
        "  tools/call 7, asked by the client 44 s ago: waits for the client's answer to elicitation/create 2, for 43 s; next deadline in 59 min 16 s, whatever happens.",
        '    elicitation/create 2, asked by the server 43 s ago: sent to the client, which has not answered; next deadline in',
      ].join('\n'),
    );
  });

  test('with two calls, either of which may have made the server ask', () => {
    const { session, shakeHands, text } = talk();
    shakeHands();
    session.client.receive(bytes(toolCall(7, 'build')));
    session.client.receive(bytes(toolCall(8, 'build')));
    session.server.receive(bytes(request(2, 'elicitation/create')));
    const maybe = "which has not answered, and may be waiting for the client's answer to elicitation/create 2;";
    expect(text().split(maybe)).toHaveLength(3);
    expect(text()).toContain('\n  elicitation/create 2, asked by the server');
  });

  test('of one request alone, with what the server asked because of it', () => {
    const { session, shakeHands } = talk();
    shakeHands();
    session.client.receive(bytes(toolCall(7, 'build')));
    session.server.receive(bytes(request('q', 'roots/list')));
    session.client.receive(bytes(toolCall('seven', 'build')));
    expect(explainRequest(session.snapshot(), '7')).toEqual([
      expect.stringContaining('tools/call 7, '),
      expect.stringContaining('  roots/list "q", '),
      expect.stringContaining('The server said something last'),
    ]);
    expect(explainRequest(session.snapshot(), '"seven"')?.[0]).toContain('tools/call "seven"');
    expect(explainRequest(session.snapshot(), '99')).toBeUndefined();
  });

  test('with a frame that an interceptor has not decided on', () => {
    const { session, shakeHands, text } = talk([
      { name: 'thinker', intercept: ({ method }) => (method === 'tools/call' ? new Promise(() => {}) : undefined) },
    ]);
    shakeHands();
    session.client.receive(bytes(toolCall(7, 'build')));
    expect(text()).toMatch(/tools\/call 7, .*: not sent on yet/);
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
