import { describe, expect, test } from 'vitest';
import { judge } from '../../../src/testing/laws/laws.ts';
import type { History } from '../../../src/testing/play/history.ts';
import { type Bare, historyOf } from '../report/example.ts';

const marked = (mark: number) => ({ params: { _meta: { 'ninelives/mark': mark } } });
const question = { jsonrpc: '2.0', id: 1, method: 'roots/list', ...marked(2) };
const answer = { jsonrpc: '2.0', id: 1, result: { roots: [], _meta: { 'ninelives/mark': 4 } } };

/** A server asks, and its client answers. */
const asked = (...then: readonly Bare[]): History =>
  historyOf(
    { type: 'connected', connection: 1, role: 'client' },
    { type: 'connected', connection: 2, role: 'server' },
    { type: 'sent', connection: 2, message: question },
    { type: 'received', connection: 1, message: question },
    { type: 'sent', connection: 1, message: answer, about: 3 },
    ...then,
  );

const violations = (history: History): readonly string[] =>
  judge(history, { kind: 'proxy', era: 'session', isHttp: false })
    .flatMap(({ judgement }) => judgement.violations)
    .map(({ law }) => law);

describe('an answer is owed to a server', () => {
  test('when its client has given it and is still there', () => {
    expect(violations(asked({ type: 'settled' }))).toEqual(['server-requests']);
  });

  test('but not when the client has left behind it: its proxy may be gone with it', () => {
    expect(violations(asked({ type: 'disconnected', connection: 1, by: 'us' }, { type: 'settled' }))).toEqual([]);
  });
});
