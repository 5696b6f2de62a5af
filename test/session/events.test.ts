import { expect, test } from 'vitest';
import { sessionMachine } from '../../machines/session.ts';
import { type SessionEventType, sessionEventTypes } from '../../src/session/events.ts';

test('the vocabulary is the one that tapes, metrics and docs were written with', () => {
  expect([...sessionEventTypes]).toEqual([
    'frame.request',
    'frame.response',
    'frame.notification',
    'frame.decided',
    'frame.malformed',
    'request.expired',
    'upstream.ready',
    'upstream.lost',
    'client.attached',
    'client.closed',
    'exchange.closed',
    'session.reopened',
    'session.close',
    'session.drain',
    'session.ticked',
    'session.expired',
    'session.labelled',
    'effect.failed',
  ]);
});

test('the list names every event type of the union', () => {
  // Compiles only while no type is missing from the list.
  const none: Exclude<SessionEventType, (typeof sessionEventTypes)[number]>[] = [];
  expect(none).toEqual([]);
});

test('the chart names every event of the vocabulary, and no other but its own timers', () => {
  const named = new Set<string>();
  const visit = (node: typeof sessionMachine.root): void => {
    for (const type of node.transitions.keys()) named.add(type);
    for (const child of Object.values(node.states)) visit(child);
  };
  visit(sessionMachine.root);
  const events = [...named].filter((type) => !type.startsWith('xstate.'));
  expect(events.sort()).toEqual([...sessionEventTypes].sort());
});
