/**
 * S1, S2, S3, S10: a session does what a plain description of a session does, for any steps of both peers, the operator and
 * time: who hears what, which requests end how, what waits, in which state.
 */
import fc from 'fast-check';
import { describe, test } from 'vitest';
import type { Step } from './plain-session.ts';
import { anyStep, expectAsPlain } from './plain-stage.ts';
import { runs } from './world.ts';

describe('a session', () => {
  test('S1 S2 S3 does what the plain description says, and a lost server comes back', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 40, size: 'max' }), (steps) => expectAsPlain(steps, true)),
      runs(100),
    );
  });

  test('S1 S2 S3 does what the plain description says, and a lost server stays lost', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 40, size: 'max' }), (steps) => expectAsPlain(steps, false)),
      runs(50),
    );
  });
});

describe('a session, as it once went wrong', () => {
  const shaken: readonly Step[] = [
    { do: 'return' },
    { do: 'ask', by: 'client', id: 0, method: 'initialize' },
    { do: 'answer', by: 'server', id: 0, isError: false },
  ];
  const call: Step = { do: 'ask', by: 'client', id: 1, method: 'tools/call' };

  test('a second request to drain leaves the deadline where it was', () => {
    const wait: Step = { do: 'wait', ms: 5000 };
    expectAsPlain([...shaken, call, { do: 'drain' }, wait, { do: 'drain' }, wait], true);
  });

  test('a drain while the handshake is replayed waits for no answer to it', () => {
    expectAsPlain([...shaken, { do: 'lose' }, { do: 'return' }, { do: 'drain' }], true);
  });

  test('a client that is gone is told nothing', () => {
    expectAsPlain([...shaken, call, { do: 'leave' }], true);
  });
});
