import { expect, test } from 'vitest';
import { eventText, lineText, stepText } from '../../src/record/tape-text.ts';
import { TapeTravel, loadTape } from '../../src/record/tape-travel.ts';
import { taped } from './taped.ts';

test('a tape reads like what happened', async () => {
  const tape = await loadTape(
    await taped({
      talk: ({ client, server }, play) => {
        client.asks(1, 'tools/call', { name: 'echo' });
        server.takesAll();
        play.timePasses(1250);
        server.sendsBytes(new TextEncoder().encode('{'));
        server.answersWithError(1, -32000, 'no');
        client.takesAll();
      },
    }),
  );
  if (!('header' in tape)) throw new Error(tape.problem);
  expect(tape.lines.flatMap(({ line }) => lineText(line, 0) ?? [])).toEqual([
    '    +0.000 s  #1  opened  s1 on in-memory',
    '    +0.000 s  #1  the server is there',
    '    +0.000 s  #1  -> initialize 0  160 B',
    '    +0.000 s  #1  <- response 0  138 B  initialize result after 0 ms  initializing -> active.serving',
    '    +0.000 s  #1  -> notifications/initialized  54 B',
    '    +0.000 s  #1  -> tools/call 1  71 B',
    '    +1.250 s  #1  <- no message: The text is not JSON.',
    '    +1.250 s  #1  <- response 1  63 B  tools/call error after 1.3 s',
    '    +1.250 s  #1  session.close closed-by-operator  active.serving -> closed',
    '    +1.250 s  #1  ended  closed-by-operator',
  ]);
  const travel = new TapeTravel(tape);
  expect(stepText(travel.at(5))).toEqual(['state active.serving', 'waits -> tools/call 1, open, for 0 ms']);
});

test('what was decided about a frame, and what went wrong, is said', () => {
  const line = {
    seq: 1,
    at: 0,
    session: 1,
    to: 'active.serving',
    direction: 'client-to-server',
    kind: 'request',
  } as const;
  const steps = [{ interceptor: 'rules', action: 'block' }] as const;
  const refused = { ...line, event: 'frame.request', method: 'x', id: 'a', bytes: 9 } as const;
  expect(eventText({ ...refused, verdict: { kind: 'refuse', steps } })).toBe('-> x "a"  9 B  rules: block');
  expect(eventText({ ...refused, verdict: 'awaited' })).toBe('-> x "a"  9 B  waits for a decision');
  expect(eventText({ ...refused, decision: 'rolled-back' })).toBe('-> x "a"  9 B  rolled-back');
  const lost = { reason: 'exited', exitCode: 3, signal: null, lastStderr: [], willRestart: true } as const;
  expect(eventText({ ...line, event: 'upstream.lost', loss: lost })).toBe('the server is gone: exited, exit code 3');
  expect(eventText({ ...line, event: 'effect.failed', cause: 'peer-gone' })).toBe(
    'a message did not arrive: peer-gone',
  );
  expect(eventText({ ...line, event: 'session.labelled', label: 'mine', isSet: true })).toBe('tagged mine');
});
