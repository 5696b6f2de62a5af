import { describe, expect, test } from 'vitest';
import { judge } from '../../../src/testing/laws/laws.ts';
import type { History, HistoryEvent, WireMessage } from '../../../src/testing/play/history.ts';
import { acknowledged, forListener } from '../../../src/testing/play/listening.ts';
import type { TargetFacts } from '../../../src/testing/play/target.ts';

const server: TargetFacts = { kind: 'server', era: 'stateless', isHttp: true };
const changed = 'notifications/tools/list_changed';

/** What a server says to one client that listens under 1, as the fourth event and so on, each in the response to it. */
function told(...messages: readonly WireMessage[]): History {
  const listen: WireMessage = {
    id: 1,
    method: 'subscriptions/listen',
    params: { notifications: { toolsListChanged: true } },
  };
  const events = [
    { type: 'connected', connection: 0, role: 'client' },
    { type: 'sent', connection: 0, message: listen },
    { type: 'time', ms: 1 },
    ...messages.map((message) => ({ type: 'received', connection: 0, message, via: 1 })),
    { type: 'settled' },
  ];
  return events.map((event, seq) => ({ ...event, seq, at: seq }) as HistoryEvent);
}

const brokenBy = (history: History): readonly string[] =>
  judge(history, server).flatMap(({ law, judgement }) =>
    judgement.violations.map(({ at }) => `${law.id} ${at.at(-1)}`),
  );
const notice = (method: string, id: number | string = 1): WireMessage => ({
  jsonrpc: '2.0',
  method,
  params: forListener({}, id),
});

describe('a listener', () => {
  test('is acknowledged, told what it asked for, and ends', () => {
    const end: WireMessage = { jsonrpc: '2.0', id: 1, result: forListener({}, 1) };
    expect(brokenBy(told(notice(acknowledged), notice(changed), end))).toEqual([]);
  });

  test('is told nothing under the id of another, to the type', () => {
    expect(brokenBy(told(notice(acknowledged, '1')))).toEqual(['listen-own 3']);
    expect(brokenBy(told(notice(acknowledged, 2)))).toEqual(['listen-own 3']);
  });

  test('is told nothing that it has not asked for, and nothing before the acknowledgement', () => {
    expect(brokenBy(told(notice(changed)))).toEqual(['listen-asked 3']);
    expect(brokenBy(told(notice(acknowledged), notice('notifications/prompts/list_changed')))).toEqual([
      'listen-asked 4',
    ]);
  });

  test('is told nothing after its end, and nobody is told without listening', () => {
    const end: WireMessage = { jsonrpc: '2.0', id: 1, result: forListener({}, 1) };
    expect(brokenBy(told(notice(acknowledged), end, notice(changed)))).toEqual(['listen-over 5']);
    expect(brokenBy(told({ jsonrpc: '2.0', method: changed }))).toEqual(['listen-own 3']);
  });
});
