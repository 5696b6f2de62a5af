import { expect, test } from 'vitest';
import { sessionRequestOf } from '../../src/cli/session-flags.ts';

const usual = { logLevel: 'info', restart: 'on-failure' } as const;

test('what is not said is left to the defaults of sessions', async () => {
  expect(await sessionRequestOf(usual)).toEqual({
    logLevel: 'info',
    restarts: true,
    limits: {},
    times: {},
    checksInvariants: false,
  });
});

test('limits and times go where sessions look for them', async () => {
  const flags = { ...usual, restart: 'never', pendingMax: 3, frameBytesMax: 5, initializeMs: 7, drainMs: 9 } as const;
  expect(await sessionRequestOf({ ...flags, requestIdleMs: 11, requestAbsoluteMs: 13 })).toMatchObject({
    restarts: false,
    limits: { pendingPerSession: 3, questionsPerSession: 3, frameBytesMax: 5 },
    times: { initializeMs: 7, drainMs: 9, requestIdleMs: 11, requestAbsoluteMs: 13 },
  });
});

test('a profile is known by its name, or it is said that there is none', async () => {
  expect(await sessionRequestOf({ ...usual, profile: 'lenient' })).toMatchObject({ profile: { name: 'lenient' } });
  expect(await sessionRequestOf({ ...usual, profile: 'mpc' })).toHaveProperty('problem');
});
