/** Two runs are the same when every check is, and whatever is not the same is found. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Check, readChecks } from './checks.ts';
import { differencesBetween, tallyOf } from './compare.ts';

const check = (scenario: string, id: string, status = 'SUCCESS', message?: string): Check => ({
  scenario,
  id,
  status,
  ...(message !== undefined && { message }),
});

const [direct, bridge] = ['direct', 'bridge'].map((name) => readChecks(`test/conformance/recorded/${name}`)) as [
  readonly Check[],
  readonly Check[],
];

describe('between two runs', () => {
  test('a status that is another one is a difference, with what the suite says of it now', () => {
    expect(differencesBetween([check('ping', 'a', 'FAILURE', 'then')], [check('ping', 'a', 'WARNING', 'now')])).toEqual(
      [{ scenario: 'ping', id: 'a', nth: 1, baseline: 'FAILURE', candidate: 'WARNING', message: 'now' }],
    );
  });

  test('a check that fails in both is none, whatever is said of it', () => {
    expect(differencesBetween([check('ping', 'a', 'FAILURE', 'then')], [check('ping', 'a', 'FAILURE', 'now')])).toEqual(
      [],
    );
  });

  test('a check that is missing, and one that is new, is a difference', () => {
    expect(differencesBetween([check('ping', 'a', 'INFO', 'then')], [check('ping', 'b')])).toEqual([
      { scenario: 'ping', id: 'a', nth: 1, baseline: 'INFO', candidate: 'absent', message: 'then' },
      { scenario: 'ping', id: 'b', nth: 1, baseline: 'absent', candidate: 'SUCCESS' },
    ]);
  });

  test('the same check of another scenario is another check', () => {
    expect(differencesBetween([check('ping', 'a')], [check('pong', 'a')])).toHaveLength(2);
  });

  test('a check that is reported again is compared with the one in the same place', () => {
    const twice = [check('ping', 'a'), check('ping', 'a', 'FAILURE')];
    expect(differencesBetween(twice, twice.toReversed())).toMatchObject([
      { nth: 1, baseline: 'SUCCESS', candidate: 'FAILURE' },
      { nth: 2, baseline: 'FAILURE', candidate: 'SUCCESS' },
    ]);
    expect(differencesBetween(twice, twice.slice(0, 1))).toMatchObject([
      { nth: 2, baseline: 'FAILURE', candidate: 'absent' },
    ]);
  });

  test('what a bridge changes is found in what the suite recorded', () => {
    expect(differencesBetween(direct, direct)).toEqual([]);
    expect(
      differencesBetween(direct, bridge).map(
        ({ scenario, id, nth, baseline, candidate }) => `${scenario} ${id} ${String(nth)}: ${baseline} -> ${candidate}`,
      ),
    ).toMatchInlineSnapshot(`
      [
        "dns-rebinding-protection localhost-host-rebinding-rejected 1: SUCCESS -> FAILURE",
        "server-sse-polling server-sse-priming-event 1: SUCCESS -> WARNING",
        "server-sse-polling server-sse-retry-field 1: SUCCESS -> WARNING",
        "server-sse-polling outgoing-request 2: INFO -> absent",
        "server-sse-polling incoming-response 2: INFO -> absent",
        "server-sse-polling incoming-sse-event 2: INFO -> absent",
        "server-sse-polling server-sse-disconnect-resume 1: SUCCESS -> INFO",
      ]
    `);
  });

  test('the order in which different checks are reported is none', () => {
    const checks = fc.array(
      fc.record({
        scenario: fc.constantFrom('ping', 'pong'),
        id: fc.constantFrom('a', 'b', 'c'),
        status: fc.constantFrom('SUCCESS', 'FAILURE'),
      }),
    );
    fc.assert(
      fc.property(checks, (run) => {
        const byName = run.toSorted((one, other) =>
          `${one.scenario} ${one.id}`.localeCompare(`${other.scenario} ${other.id}`),
        );
        expect(differencesBetween(run, byName)).toEqual([]);
      }),
    );
  });

  test('there are as many as there are checks that one of the runs has not', () => {
    const count = fc.nat({ max: 5 });
    fc.assert(
      fc.property(count, count, (before, after) => {
        const run = (length: number): readonly Check[] => Array.from({ length }, () => check('ping', 'a'));
        expect(differencesBetween(run(before), run(after))).toHaveLength(Math.abs(before - after));
      }),
    );
  });
});

test('a tally counts what the suite counts, and names each scenario that fails once', () => {
  const checks = [
    check('ping', 'a'),
    check('pong', 'a', 'FAILURE'),
    check('pong', 'b', 'FAILURE'),
    check('peng', 'a', 'WARNING'),
    check('peng', 'b', 'INFO'),
  ];
  expect(tallyOf(checks)).toEqual({ passed: 1, failed: 2, warnings: 1, scenarios: 3, failing: ['pong'] });
});
