import { describe, expect, test } from 'vitest';
import { isPlainEvent } from '../../src/record/plain-event.ts';
import { eventSchema } from '../../src/record/tape-schema.ts';

const settled = { direction: 'client-to-server', id: 4, method: 'tools/call', outcome: 'result', elapsedMs: 1.5 };
const usual: Readonly<Record<string, unknown>> = {
  seq: 9,
  at: 12.5,
  session: 1,
  event: 'frame.response',
  from: 'initializing',
  to: 'active.serving',
  direction: 'server-to-client',
  ticket: 3,
  id: 'x',
  method: 'tools/call',
  bytes: 5,
  exchange: 2,
  viaRequest: 1,
  viaStatus: 200,
  settled: [settled],
  sent: 85,
  body: { result: { any: ['thing'] } },
};
const odd: readonly unknown[] = [
  undefined,
  null,
  true,
  '',
  'x',
  'xstate.after',
  'result',
  'failed',
  'frame.request',
  'client-to-server',
  -1,
  0,
  1.5,
  2 ** 53,
  3e15,
  -3e15,
  Infinity,
  NaN,
  [],
  {},
  [null],
  [[]],
  [{}],
];

/** What the schema makes of it; where it is not plain, nobody asks. */
function takenAs(value: Readonly<Record<string, unknown>>): unknown {
  return isPlainEvent(value) ? eventSchema.safeParse(value).data : value;
}

const without = (member: string): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(usual).filter(([name]) => name !== member));

test('the usual line is plain, and is what the schema makes of it', () => {
  expect(isPlainEvent(usual)).toBe(true);
  expect(takenAs(usual)).toEqual(usual);
});

describe('what is plain is taken by the schema just as it stands', () => {
  const members = [...Object.keys(usual), 'kind', 'verdict', 'decision', 'news', 'unknown', 'toString'];
  test.each(members)('whatever %s is', (member) => {
    for (const value of odd) {
      const line = { ...usual, [member]: value };
      expect(takenAs(line)).toStrictEqual(line);
    }
  });

  test.each([...Object.keys(settled), 'unknown'])('whatever %s is of what was settled', (member) => {
    for (const value of odd) {
      const line = { ...usual, settled: [settled, { ...settled, [member]: value }] };
      expect(takenAs(line)).toStrictEqual(line);
    }
  });

  test('whatever is missing', () => {
    for (const member of Object.keys(usual)) {
      expect(takenAs(without(member))).toStrictEqual(without(member));
    }
    for (const member of ['seq', 'at', 'session', 'event', 'to']) {
      expect(isPlainEvent(without(member))).toBe(false);
    }
  });

  test('and nothing comes with it from a member that is called like the prototype', () => {
    const line = JSON.parse(JSON.stringify(usual).replace('{', '{"__proto__":{"to":"x"},')) as Record<string, unknown>;
    expect(isPlainEvent(line)).toBe(false);
  });
});
