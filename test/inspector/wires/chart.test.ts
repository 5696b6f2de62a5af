import { describe, expect, test } from 'vitest';
import { sessionMachine } from '../../../machines/session.ts';
import { chartTagsOf, processChart, sessionChart, valueOf } from '../../../src/inspector/wires/chart.ts';
import { sessionStates } from '../../../src/session/outcomes.ts';

describe('the chart that others draw', () => {
  test('is that of the machine that runs, without what is no data', () => {
    expect(Object.keys(sessionChart.states ?? {})).toEqual(Object.keys(sessionMachine.states));
    expect(sessionChart.states?.['active']?.states?.['recovering']).toMatchObject({
      after: { recoveryDeadline: { target: '#session.failed', actions: 'endAsRecoveryDeadline' } },
    });
    expect(Object.keys(sessionChart)).not.toContain('context');
    expect(JSON.parse(JSON.stringify(sessionChart))).toEqual(sessionChart);
  });

  test('has a place for every state that a session can be in, as XState says it', () => {
    expect(valueOf('closed')).toBe('closed');
    expect(valueOf('active.serving')).toEqual({ active: 'serving' });
    for (const state of sessionStates) {
      const resolved = sessionMachine.resolveState({ value: valueOf(state), context: {} as never });
      expect([...resolved.tags].sort()).toEqual([...chartTagsOf(state)].sort());
    }
  });

  test('of the process has the one state that it is shown in', () => {
    expect(Object.keys(processChart.states ?? {})).toEqual([processChart.initial]);
  });
});
