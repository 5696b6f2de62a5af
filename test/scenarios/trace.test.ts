/** What the log says of a session: each decision as one line, and nothing twice. */
import { describe, expect, test } from 'vitest';
import { cancelled } from '../../src/testing/messages.ts';
import type { LogLine } from '../../src/testing/collecting-log.ts';
import { playbook } from './conversation.ts';

const decided = (lines: readonly LogLine[]): readonly LogLine['fields'][] =>
  lines.filter(({ text }) => text === 'decided').map(({ fields }) => fields);

describe('the trace', () => {
  test('S8 has a line for each event: what came, what was decided, what the session is like then', () => {
    const play = playbook({ traces: true });
    const { client, server } = play.open({ principal: 'alice' });
    client.asks(1, 'tools/call', { name: 'echo' });
    server.receivesRequest(1, 'tools/call', { name: 'echo' });
    play.timePasses(40);
    server.answers(1, { content: [] });
    client.receivesResult(1, { content: [] });
    const [ready, request, response, ...others] = decided(play.log.lines('trace'));
    expect(others).toEqual([]);
    expect(ready).toMatchObject({ session: 's1', event: 'upstream.ready', state: 'initializing', effects: [] });
    expect(request).toEqual({
      session: 's1',
      event: 'frame.request',
      direction: 'client-to-server',
      id: 1,
      method: 'tools/call',
      bytes: 71,
      frameId: 1,
      state: 'initializing',
      effects: ['send'],
      settled: [],
      metadata: expect.objectContaining({ pending_count: 1, frame_count: 1, principal: 'alice' }) as unknown,
    });
    expect(response).toMatchObject({
      event: 'frame.response',
      direction: 'server-to-client',
      id: 1,
      frameId: 2,
      state: 'active.serving',
      settled: [{ id: 1, direction: 'client-to-server', method: 'tools/call', outcome: 'result', elapsedMs: 40 }],
      metadata: { pending_count: 0, session_state: 'active.serving', session_duration_ms: 40 },
    });
  });

  test('S1 says how each request ended, once', () => {
    const play = playbook({ traces: true });
    const { client, server } = play.open();
    for (const id of [1, 2, 3, 4]) client.asks(id, 'tools/call');
    client.asks(1, 'tools/call');
    server.answers(1);
    client.sends(cancelled(2));
    server.answersWithError(3, -1, 'no');
    client.leaves();
    const settled = decided(play.log.lines('trace')).flatMap((fields) => fields['settled'] as object[]);
    expect(settled).toMatchObject([
      { id: 1, outcome: 'refused' },
      { id: 1, outcome: 'result' },
      { id: 2, outcome: 'cancelled' },
      { id: 3, outcome: 'error' },
      { id: 4, outcome: 'client-gone' },
    ]);
    client.takesAll();
    server.takesAll();
  });

  test('P8 tells of the upstream as well', () => {
    const play = playbook({ traces: true });
    const { server } = play.openWithRestarts();
    server.comesUp();
    server.goesDown();
    const events = play.log.lines('trace').flatMap(({ fields, text }) => (text === 'upstream decided' ? [fields] : []));
    expect(events.map((fields) => fields['event'])).toEqual(['upstream.start', 'connection.ready', 'connection.lost']);
  });

  test('costs nothing when nobody wants it: no line is built', () => {
    const play = playbook();
    const { client, server } = play.open();
    client.asks(1, 'ping');
    server.receivesRequest(1, 'ping');
    expect(play.log.lines('trace')).toEqual([]);
  });
});

describe('observers', () => {
  test('are told of a session from its opening to its end, in order', () => {
    const play = playbook();
    const { client, server, handshake } = play.open();
    handshake({ id: 'h' });
    play.timePasses(7);
    client.asks(1, 'tools/list');
    server.receivesRequest(1, 'tools/list');
    client.leaves();
    expect(play.observations).toMatchObject([
      { type: 'session-opened', sessionId: 's1', at: 0 },
      { type: 'state-changed', from: 'initializing', to: 'active.serving', at: 0 },
      { type: 'request-settled', id: 'h', method: 'initialize', outcome: 'result', direction: 'client-to-server' },
      { type: 'state-changed', from: 'active.serving', to: 'closed', at: 7 },
      { type: 'request-settled', id: 1, method: 'tools/list', outcome: 'client-gone', elapsedMs: 0 },
      { type: 'session-ended', reason: 'client-gone', status: 'completed', snapshot: { state: 'closed', pending: [] } },
    ]);
  });

  test('S6 that throw harm nobody, and are not asked to leave', () => {
    const play = playbook();
    let told = 0;
    play.runtime.observe(() => {
      told++;
      throw new Error('a clumsy guest');
    });
    const { client, server, session } = play.open();
    client.asks(1, 'tools/list');
    server.receivesRequest(1, 'tools/list');
    server.answers(1);
    client.receivesResult(1);
    expect(session.snapshot().state).toBe('active.serving');
    expect(told).toBe(3);
    for (let line = 0; line < told; line++) play.log.says('error', 'an observer threw');
    client.leaves();
    expect(play.log.lines('error').map(({ text }) => text)).toEqual(['an observer threw', 'an observer threw']);
    play.log.says('error', 'an observer threw');
    play.log.says('error', 'an observer threw');
  });

  test('are told nothing more once they have left', () => {
    const play = playbook();
    const told: string[] = [];
    const leave = play.runtime.observe(({ type }) => told.push(type));
    const { client } = play.open();
    leave();
    client.leaves();
    expect(told).toEqual(['session-opened']);
  });
});
