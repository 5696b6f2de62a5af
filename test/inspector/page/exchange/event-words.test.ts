import { expect, test } from 'vitest';
import { consequencesOf, factsOf, titleOf } from '../../../../src/inspector/page/exchange/event-words.ts';
import { event } from '../store/rows.ts';

const frame = { direction: 'client-to-server', kind: 'request', ticket: 1, bytes: 180, hasBody: true } as const;
const call = event(7, {
  decision: 'unexpected',
  from: 'initializing',
  frame: { ...frame, id: '7', method: 'tools/call', name: 'echo', progressToken: 3, parent: 2, isError: true },
  sent: [{ direction: 'server-to-client', kind: 'response', bytes: 90, isOwn: true }],
  settled: [{ direction: 'client-to-server', id: '7', method: 'tools/call', outcome: 'refused', elapsedMs: 12 }],
});

test('an event is called by what it brought', () => {
  expect(titleOf(call)).toBe('request tools/call echo');
  expect(titleOf(event(1, { frame: { ...frame, kind: 'response' } }))).toBe('response');
  expect(titleOf(event(1, { event: 'upstream.lost', detail: 'exited with 1' }))).toBe('upstream.lost: exited with 1');
  expect(titleOf(event(1, { event: 'session.opened' }))).toBe('session.opened');
});

test('its facts are those that it has', () => {
  expect(factsOf(call, 1_700_000_000_000)).toEqual([
    ['event', 'frame.request · 7'],
    ['at', '2023-11-14 22:13:20.007 UTC'],
    ['state', 'initializing → active.serving'],
    ['decision', 'unexpected'],
    ['direction', 'client → server'],
    ['id', '#"7"'],
    ['asked during', '#2'],
    ['progress token', '3'],
    ['size', '180 B, an error'],
  ]);
  expect(factsOf(event(1), 0).map(([name]) => name)).toEqual(['event', 'at', 'state']);
});

test('what followed is what left and what ended', () => {
  expect(consequencesOf(call)).toEqual([
    'our own response left, server → client, 90 B',
    'tools/call #"7" ended: refused, after 12 ms',
  ]);
  expect(consequencesOf(event(1))).toEqual([]);
});
