import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ruleEngine, rulesInForce } from '../../src/cli/rules-flag.ts';
import { sessionRequestOf } from '../../src/cli/session-flags.ts';
import { systemClock } from '../../src/runtime/system-clock.ts';
import { KeptLog } from '../runtime/kept-log.ts';
import { folderWith } from '../rules/folder.ts';

const usual = { logLevel: 'info', restart: 'on-failure' } as const;

describe('--rules', () => {
  test('is read before anything starts, and put in force when it does', async () => {
    const file = join(folderWith({ 'r.yaml': 'version: 1\nrules: [{ id: a, do: [block: {}] }]' }), 'r.yaml');
    const request = await sessionRequestOf({ ...usual, rules: file });
    if ('problem' in request) throw new Error(request.problem);
    const rules = await rulesInForce(request.rules, systemClock(), new KeptLog());
    expect(rules?.engine.ruleSet.rules).toMatchObject([{ id: 'a' }]);
    rules?.close();
  });

  test('with mistakes starts nothing: each is told with its place', async () => {
    const file = join(folderWith({ 'r.yaml': 'version: 2\nx: 1' }), 'r.yaml');
    expect(await sessionRequestOf({ ...usual, rules: file })).toEqual({
      problem: [
        `${file}:1:1: version: It has to be 1.`,
        `${file}:2:1: x: There is no key 'x' here. There are version, rules, plugins.`,
      ].join('\n'),
    });
  });

  test('that is not said puts nothing in force', async () => {
    expect(await rulesInForce(undefined, systemClock(), new KeptLog())).toBeUndefined();
  });
});

test('who can be reached while it runs takes breakpoints without a rule file, and nobody else has to look for them', async () => {
  const engine = await ruleEngine(undefined, true, systemClock(), new KeptLog());
  expect(engine?.isEmpty).toBe(true);
  expect(await ruleEngine(null, false, systemClock(), new KeptLog())).toBeUndefined();
});
