import { describe, expect, test } from 'vitest';
import { sessionMachine } from '../../machines/session.ts';
import { type EndReason, outcomes, sessionStates, statusOf } from '../../src/session/outcomes.ts';

const reasons: Readonly<Record<EndReason, 'failed' | 'timeout'>> = {
  'client-closed': 'failed',
  'client-gone': 'failed',
  drained: 'failed',
  'closed-by-operator': 'failed',
  'shutdown-agreed': 'failed',
  'initialize-timeout': 'timeout',
  idle: 'timeout',
  age: 'timeout',
  'drain-deadline': 'timeout',
  'upstream-lost': 'failed',
  'upstream-exhausted': 'failed',
  'upstream-changed': 'failed',
  'recovery-deadline': 'failed',
  'buffer-full': 'failed',
  evicted: 'failed',
  'handed-over': 'failed',
  'node-fenced': 'failed',
  'internal-error': 'failed',
};
const everyReason: readonly (EndReason | undefined)[] = [undefined, ...(Object.keys(reasons) as EndReason[])];

test('a request ends in one of seven ways', () => {
  expect([...outcomes]).toEqual(['result', 'error', 'cancelled', 'timeout', 'upstream-lost', 'client-gone', 'refused']);
});

/** The leaf states of the chart, spelled as records and metrics spell them. */
function leafStates(): readonly string[] {
  return Object.entries(sessionMachine.states).flatMap(([name, node]) => {
    const children = Object.keys(node.states);
    return children.length === 0 ? [name] : children.map((child) => `${name}.${child}`);
  });
}

describe('the status', () => {
  test('S2 is known for every leaf state of the chart', () => {
    expect([...sessionStates].sort()).toEqual([...leafStates()].sort());
  });

  test('is active as long as the session lives, whatever reason it has to end', () => {
    for (const state of ['initializing', 'active.serving', 'active.recovering', 'shuttingDown'] as const) {
      expect(everyReason.map((reason) => statusOf(state, reason))).toEqual(everyReason.map(() => 'active'));
    }
  });

  test('is completed after every good end', () => {
    expect(everyReason.map((reason) => statusOf('closed', reason))).toEqual(everyReason.map(() => 'completed'));
  });

  test('tells running out of time from other failures', () => {
    const statuses = Object.fromEntries(everyReason.map((reason) => [String(reason), statusOf('failed', reason)]));
    expect(statuses).toEqual({ undefined: 'failed', ...reasons });
  });
});
