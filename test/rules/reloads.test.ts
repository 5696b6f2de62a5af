/** A hundred reloads while sessions talk: good files and broken ones, and nobody who talks notices. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadRules } from '../../src/rules/load-rules.ts';
import { RulesInForce } from '../../src/rules/rules-in-force.ts';
import { playbook } from '../scenarios/conversation.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { KeptLog } from '../runtime/kept-log.ts';
import { folderWith } from './folder.ts';

const good = (n: number): string =>
  `version: 1\nrules: [{ id: r${n}, when: frame.name == "none-${n}", do: [block: {}] }, { id: tags, do: [tag: { add: [seen] }] }]\n`;
const broken = [
  'version: 1\nrules: [',
  'version: 2',
  '',
  'version: 1\nrules: [{ id: x, when: fram, do: [block: {}] }]',
];

test('a hundred reloads lose no session and no answer', async () => {
  const file = join(folderWith({ 'rules.yaml': good(0) }), 'rules.yaml');
  const loaded = await loadRules(file);
  if ('problems' in loaded) throw new Error('The test begins with a good file');
  const log = new KeptLog();
  const rules = new RulesInForce({ file, ruleSet: loaded.ruleSet, clock: new VirtualClock(), log });
  onTestFinished(() => rules.close());
  const play = playbook({ interceptors: rules.engine });
  rules.engine.watch(play.runtime);
  const talks = Array.from({ length: 10 }, () => play.open());
  for (const { handshake } of talks) handshake();
  for (let n = 1; n <= 100; n++) {
    for (const { client, server } of talks) {
      client.asks(n, 'tools/call', { name: `none-${n + 1}` });
      server.receivesRequest(n, 'tools/call', { name: `none-${n + 1}` });
    }
    writeFileSync(file, n % 2 === 0 ? good(n) : (broken[n % broken.length] ?? ''));
    await rules.reload();
    for (const { client, server } of talks) {
      server.answers(n);
      client.receivesResult(n);
    }
  }
  expect(rules.engine.ruleSet.rules[0]?.id).toBe('r100');
  expect(log.texts('error')).toHaveLength(50);
  expect(log.texts('info')).toHaveLength(50);
  for (const { endedWith, counts } of talks) {
    expect(endedWith).toEqual([]);
    expect(counts('outcome.result', 'blocked', 'interceptorFailures')).toMatchObject({
      'outcome.result': 101,
      blocked: 0,
    });
  }
});
