import { describe, expect, test } from 'vitest';
import type { Effect } from '../../src/session/effects.ts';
import {
  endAs,
  endAsAsked,
  endAsDrained,
  noteAttached,
  noteClientGone,
  noteClientInputClosed,
  noteLabel,
  noteUpstreamDown,
  noteUpstreamReady,
  startDraining,
} from '../../src/session/notes.ts';
import { replayHandshake } from '../../src/session/recovery.ts';
import {
  answer,
  commit,
  countsOf,
  decide,
  forwardVerdict,
  fromClient,
  fromServer,
  notification,
  openSession,
  receive,
  refusals,
  remarksOf,
  request,
  settlements,
  waitingIds,
  written,
} from './fixtures.ts';

const at = { at: 0 };
const closed = (isGone: boolean) => ({ type: 'client.closed', at: 0, isGone }) as const;

test('what is noted holds from the commit on', () => {
  const { record } = openSession({ isUpstreamAway: true });
  record.unit.begin(0);
  noteUpstreamReady(record);
  expect(record.isUpstreamReady).toBe(false);
  record.unit.prepare(false);
  record.unit.commit();
  expect(record.isUpstreamReady).toBe(true);
  commit(record, noteUpstreamDown, at);
  expect(record.isUpstreamReady).toBe(false);
});

test('an open stream comes and goes with the client that attaches', () => {
  const { record } = openSession();
  const seen = [true, false].map((hasOpenStream) => {
    commit(record, noteAttached, { type: 'client.attached', at: 0, hasOpenStream });
    return record.isBusy;
  });
  expect(seen).toEqual([true, false]);
});

test('labels are set up to their number and their length; what is over is counted, and what is set stays', () => {
  const { record } = openSession({ limits: { labelsPerSession: 2, labelCharactersMax: 5 } });
  const set = (label: string, isSet = true) =>
    commit(record, noteLabel, { type: 'session.labelled', at: 0, label, isSet });
  for (const label of ['12345', '123456', 'two', 'three', 'two']) set(label);
  expect([[...record.labels.keys()], remarksOf(record)]).toEqual([['12345', 'two'], { refusedLabels: 2 }]);
  set('12345', false);
  set('never set', false);
  set('three');
  expect([[...record.labels.keys()], remarksOf(record)]).toEqual([['two', 'three'], { refusedLabels: 2 }]);
});

test('a label is set and taken away, and a rollback does neither', () => {
  const { record } = openSession();
  const labelled = (label: string, isSet: boolean) => ({ type: 'session.labelled', at: 0, label, isSet }) as const;
  commit(record, noteLabel, labelled('demo', true));
  commit(record, noteLabel, labelled('slow', true));
  commit(record, noteLabel, labelled('demo', false));
  record.unit.begin(0);
  noteLabel(record, labelled('never', true));
  record.unit.rollback();
  expect([...record.labels.keys()]).toEqual(['slow']);
});

describe('a client', () => {
  test('that is gone neither reads nor answers', () => {
    const { record } = openSession();
    commit(record, noteClientGone, at);
    expect([record.isClientGone, record.isClientInputClosed]).toEqual([true, true]);
  });

  test("that sends nothing more answers nothing more: the server's questions end, its own requests may still end well", () => {
    const { record } = openSession();
    receive(record, request(1, 'tools/call'));
    receive(record, request('q', 'roots/list', undefined, { from: fromServer }));
    receive(record, request('r', 'ping', undefined, { from: fromServer }));
    const effects = commit(record, noteClientInputClosed, closed(false));
    expect(settlements(effects)).toEqual([
      ['q', 'client-gone'],
      ['r', 'client-gone'],
    ]);
    expect(refusals(effects, 'server')).toEqual([
      { id: 'q', code: 'SESSION_NOT_FOUND', reason: 'client-gone' },
      { id: 'r', code: 'SESSION_NOT_FOUND', reason: 'client-gone' },
    ]);
    expect(effects.at(-1)).toEqual({ type: 'close-server-input' });
    expect([record.isClientInputClosed, record.isClientGone, waitingIds(record)]).toEqual([true, false, [1]]);
    expect(settlements(receive(record, answer(1)))).toEqual([[1, 'result']]);
  });
});

describe("the end of a client's input", () => {
  const ends = (effects: readonly Effect[]) => effects.filter(({ type }) => type === 'close-server-input').length;

  test('reaches the server after what is still held of it, and once', () => {
    const { record } = openSession();
    const events = [1, 2].map((ticket) => notification('x', undefined, { ticket, verdict: 'awaited' }));
    for (const event of events) receive(record, event);
    receive(record, notification('y', undefined, { from: fromServer, ticket: 3, verdict: 'awaited' }));
    const closing = commit(record, noteClientInputClosed, closed(false));
    const first = decide(record, 1, forwardVerdict(events[0]!.frame));
    const other = decide(record, 3, forwardVerdict(events[0]!.frame));
    const last = decide(record, 2, forwardVerdict(events[1]!.frame));
    expect([closing, first, other, last].map(ends)).toEqual([0, 0, 0, 1]);
    expect(last.map(({ type }) => type)).toEqual(['send', 'close-server-input']);
  });

  test('does not wait for a held answer to a question that ends with it', () => {
    const { record } = openSession();
    receive(record, request('q', 'roots/list', undefined, { from: fromServer }));
    receive(record, answer('q', { from: fromClient, ticket: 2, verdict: 'awaited' }));
    const effects = commit(record, noteClientInputClosed, closed(false));
    expect([settlements(effects), ends(effects), record.held.size]).toEqual([[['q', 'client-gone']], 1, 0]);
  });
});

describe('draining', () => {
  test('lets what is under way finish', () => {
    const { record } = openSession();
    receive(record, request(1, 'tools/call'));
    receive(record, request(2, 'tools/call', undefined, { ticket: 2, verdict: 'awaited' }));
    expect(commit(record, startDraining, at)).toEqual([]);
    expect([record.isDraining, waitingIds(record)]).toEqual([true, [1, 2]]);
  });

  test('refuses at once what waits for a server that is away, and nothing that the server had asked', () => {
    const { record } = openSession({ isUpstreamAway: true });
    receive(record, request(1, 'tools/call'));
    receive(record, request('q', 'roots/list', undefined, { from: fromServer, ticket: 2 }));
    const effects = commit(record, startDraining, at);
    expect(refusals(effects, 'client')).toEqual([{ id: 1, code: 'DRAINING', executed: 'no', reason: 'draining' }]);
    expect([settlements(effects), waitingIds(record), record.held.size]).toEqual([[[1, 'refused']], ['q'], 0]);
  });

  test('does not wait for what we asked ourselves', () => {
    const { record } = openSession();
    receive(record, request(1, 'initialize'));
    receive(record, answer(1, { result: { protocolVersion: '2025-11-25', capabilities: {} } }));
    commit(record, replayHandshake, { type: 'upstream.ready', at: 0 });
    expect(record.pending.size).toBe(1);
    const effects = commit(record, startDraining, at);
    expect([written(effects), record.pending.size]).toEqual([[], 0]);
    expect(countsOf(record)['outcome.cancelled']).toBeUndefined();
  });
});

describe('the reason of an end', () => {
  test('is the one that the event or the chart names, and the last one has the word', () => {
    const { record } = openSession();
    commit(record, endAs('client-closed'), at);
    expect(record.endReason).toBe('client-closed');
    commit(record, endAs('drain-deadline'), at);
    expect(record.endReason).toBe('drain-deadline');
    commit(record, endAsAsked, { type: 'session.close', at: 0, reason: 'evicted' });
    expect(record.endReason).toBe('evicted');
    commit(record, endAsAsked, { type: 'session.expired', at: 0, reason: 'idle' });
    expect(record.endReason).toBe('idle');
  });

  test('is that it was drained only when no better one was given', () => {
    const asked = openSession().record;
    commit(asked, endAs('client-closed'), at);
    commit(asked, endAsDrained, at);
    const unasked = openSession().record;
    commit(unasked, endAsDrained, at);
    expect([asked.endReason, unasked.endReason]).toEqual(['client-closed', 'drained']);
  });
});
