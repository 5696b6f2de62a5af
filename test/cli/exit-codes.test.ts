import { describe, expect, test } from 'vitest';
import { codeOfSignal, exitCodeOf, exitCodes } from '../../src/cli/exit-codes.ts';
import type { EndReason } from '../../src/session/outcomes.ts';
import type { ServerExit } from '../../src/transports/child-process.ts';

const exited = (exit: Partial<ServerExit>): ServerExit => ({ code: null, signal: null, lastStderr: [], ...exit });
const notStarted = (kind: NonNullable<ServerExit['spawnError']>['kind']): ServerExit =>
  exited({ spawnError: { kind, message: 'it did not start' } });

/** The ways in which a server can have gone, by what a table has for columns. */
const exits: readonly (ServerExit | undefined)[] = [
  exited({ code: 0 }),
  exited({ code: 77 }),
  exited({ signal: 'SIGKILL' }),
  undefined,
];

/** By the reason of the end: the code after exit 0, exit 77, SIGKILL, and when no server was there at all. */
const codes: Readonly<Record<EndReason, readonly number[]>> = {
  'client-closed': [0, 77, 0, 0],
  'client-gone': [0, 77, 0, 0],
  drained: [0, 77, 0, 0],
  'closed-by-operator': [0, 77, 0, 0],
  'shutdown-agreed': [0, 77, 0, 0],
  evicted: [0, 77, 0, 0],
  'handed-over': [1, 1, 1, 1],
  'node-fenced': [1, 1, 1, 1],
  'drain-deadline': [0, 0, 0, 0],
  'upstream-lost': [0, 77, 137, 1],
  'upstream-exhausted': [0, 77, 137, 1],
  'initialize-timeout': [1, 1, 1, 1],
  idle: [1, 1, 1, 1],
  age: [1, 1, 1, 1],
  'upstream-changed': [1, 1, 1, 1],
  'recovery-deadline': [1, 1, 1, 1],
  'buffer-full': [1, 1, 1, 1],
  'internal-error': [1, 1, 1, 1],
};
const reasons = Object.keys(codes) as EndReason[];

describe('the exit code of a forward', () => {
  test.each(reasons)('that ended by %s', (reason) => {
    expect(exits.map((exit) => exitCodeOf(reason, exit, false))).toEqual(codes[reason]);
  });

  test('that was asked to stop is 0, however it ended and whatever the server did', () => {
    const all = reasons.flatMap((reason) => exits.map((exit) => exitCodeOf(reason, exit, true)));
    expect(new Set(all)).toEqual(new Set([exitCodes.ok]));
  });

  test.each([true, false])('whose server could not be started says why, asked to stop: %s', (wasAskedToStop) => {
    const codeAfter = (kind: Parameters<typeof notStarted>[0]): readonly number[] =>
      reasons.map((reason) => exitCodeOf(reason, notStarted(kind), wasAskedToStop));
    expect(new Set(codeAfter('not-found'))).toEqual(new Set([127]));
    expect(new Set(codeAfter('not-executable'))).toEqual(new Set([126]));
    expect(new Set(codeAfter('failed'))).toEqual(new Set([127]));
  });

  test('never takes a lost server for a success when nobody knows how it ended', () => {
    expect(exitCodeOf('upstream-lost', exited({}), false)).toBe(exitCodes.sessionFailed);
  });
});

describe('the code of a signal', () => {
  test.skipIf(process.platform === 'win32')('is what a shell says', () => {
    expect(['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGKILL', 'SIGTERM'].map(codeOfSignal)).toEqual([129, 130, 131, 137, 143]);
  });

  test('is above 128 for each signal of this system', () => {
    const own = exitCodeOf('upstream-lost', exited({ signal: 'SIGUSR1' }), false);
    expect(own).toBeGreaterThan(128);
    expect(own).toBe(codeOfSignal('SIGUSR1'));
  });

  test('is 128 when this system has no such signal', () => {
    expect(['SIGNOTHING', 'toString'].map(codeOfSignal)).toEqual([128, 128]);
  });
});
