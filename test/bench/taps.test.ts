import { expect, test } from 'vitest';
import { sessionMachine } from '../../machines/session.ts';
import { converse } from './conversation.ts';
import { benchRuntime, call, callResult, openServing } from './in-memory.ts';
import { eventsDuring, interpretedDuring } from './taps.ts';

test('the events that come to a session are seen in order, and can be sent again', () => {
  const session = openServing(benchRuntime());
  const events = eventsDuring(() => {
    session.client.receive(call(7));
    session.server.receive(callResult(7));
  });
  expect(events.map(({ event }) => event.type)).toEqual(['frame.request', 'frame.response']);
  for (const { again } of events) again();
  expect(session.snapshot().counts['outcome.result']).toBe(3);
});

test('the interpreter is seen to decide what a runtime meets for the first time, and nothing of it afterwards', () => {
  const runtime = benchRuntime();
  openServing(runtime);
  expect(interpretedDuring(() => converse(runtime))).toBeGreaterThan(0);
  expect(interpretedDuring(() => converse(runtime))).toBe(0);
});

test('what was listened in on is as it was before', () => {
  const runtime = benchRuntime();
  const method = () => Object.getOwnPropertyDescriptor(sessionMachine, 'transition');
  const before = method();
  expect(() =>
    interpretedDuring(() => {
      throw new Error('in the middle');
    }),
  ).toThrow('in the middle');
  expect(method()).toEqual(before);
  const events = eventsDuring(() => {});
  openServing(runtime);
  expect(events).toEqual([]);
});

test('in a conversation every request gets its answer, but for the one that is given up', () => {
  const runtime = benchRuntime();
  converse(runtime);
  const { counts } = runtime.totals();
  expect(counts).toMatchObject({
    'outcome.result': 26,
    'outcome.cancelled': 1,
    bogusResponses: 0,
    malformedFromClient: 0,
  });
});
