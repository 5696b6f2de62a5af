/** Whatever rules a file has: every request has one outcome, every requester is told, and sessions go on. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RuleEngine } from '../../src/rules/rule-engine.ts';
import { readRuleFile } from '../../src/rules/rule-file.ts';
import { silentLog } from '../../src/runtime/silent-log.ts';
import {
  expectEverybodyTold,
  expectExactCounts,
  expectExactLedger,
  expectNothingLeft,
  expectNothingOwned,
  expectOneOutcomeEach,
} from './laws.ts';
import { World, runs } from './world.ts';

const when = fc.constantFrom(
  'true',
  'frame.method == "tools/call"',
  'frame.kind == "response"',
  'frame.direction == "server-to-client"',
  'frame.params.n > 2',
  'frame.result.ok == true || frame.method == "ping"',
  'meta.pending_count > 1 && frame.kind != "response"',
  '"seen" in meta.session_tags',
);

const action = fc.constantFrom(
  'block: {}',
  'continue: {}',
  'mock: { result: { mocked: true } }',
  'mock: { error: { code: 1, message: no } }',
  'modify: { merge: { params: { n: 5 } } }',
  'modify: { patch: [{ op: remove, path: /params/n }] }',
  'modify: { merge: { id: 99 } }',
  'delay: { ms: 300 }',
  'delay: { ms: 300, scope: exchange }',
  'pause: { ms: 500, default: resume }',
  'pause: { ms: 500, default: block, scope: exchange }',
  'tag: { add: [seen] }',
  'log: {}',
  'fault: { kind: drop }',
  'fault: { kind: error }',
  'fault: { kind: slow, bytesPerSecond: 100 }',
  'fault: { kind: kill-upstream }',
);

const rule = fc.record({
  when,
  actions: fc.array(action, { minLength: 1, maxLength: 3 }),
  onError: fc.constantFrom('open', 'closed'),
  priority: fc.nat(3),
});

const step = fc.record({
  by: fc.constantFrom('client-to-server' as const, 'server-to-client' as const),
  do: fc.constantFrom('ask', 'answer', 'notify', 'cancel', 'wait', 'decide', 'reload'),
  id: fc.nat(3),
  method: fc.constantFrom('tools/call', 'ping', 'x'),
  n: fc.nat(5),
});

function engineOf(rules: readonly { when: string; actions: readonly string[]; onError: string; priority: number }[]) {
  const lines = rules.map(
    ({ when: asked, actions, onError, priority }, n) =>
      `  - { id: r${n}, when: '${asked}', onError: ${onError}, priority: ${priority}, do: [${actions
        .map((one) => `{ ${one} }`)
        .join(', ')}] }`,
  );
  const read = readRuleFile(['version: 1', lines.length === 0 ? 'rules: []' : 'rules:', ...lines].join('\n'));
  if ('problems' in read) throw new Error(read.problems[0]?.message);
  return { rules: read.rules, plugins: [] };
}

const times = { requestIdleMs: 2000, requestAbsoluteMs: 5000, interceptorMs: 500, drainMs: 1000 };

describe('with any rules', () => {
  test('every request has one outcome, and whoever asked is told', async () => {
    const stories = fc.record({
      first: fc.array(rule, { maxLength: 5 }),
      second: fc.array(rule, { maxLength: 5 }),
      steps: fc.array(step, { maxLength: 30 }),
    });
    await fc.assert(
      fc.asyncProperty(stories, async ({ first, second, steps }) => {
        const holder: { engine?: RuleEngine } = {};
        const world = new World({
          times,
          interceptors: {
            interceptorsFor: (frame) => holder.engine?.interceptorsFor(frame) ?? [],
          },
        });
        const engine = new RuleEngine(engineOf(first), { clock: world.clock, log: silentLog });
        holder.engine = engine;
        engine.watch(world.runtime);
        const pair = world.open();
        pair.server.becomeReady();
        for (const { by, do: what, id, method, n } of steps) {
          switch (what) {
            case 'ask':
              pair.ask(by, { id, method, params: { n, name: method } });
              break;
            case 'answer':
              pair.from(by, { id, result: { ok: n > 2 } });
              break;
            case 'notify':
              pair.from(by, { method, params: { n } });
              break;
            case 'cancel':
              pair.from(by, { method: 'notifications/cancelled', params: { requestId: id } });
              break;
            case 'wait':
              world.clock.advance(n * 100);
              break;
            case 'decide':
              engine.desk.resume(engine.desk.list()[n]?.id ?? '');
              break;
            case 'reload':
              engine.replace(engineOf(second));
          }
          await nextTurn();
          world.breathe();
          pair.server.becomeReady();
        }
        world.clock.advance(10_000);
        await nextTurn();
        pair.server.becomeReady();
        world.clock.advance(10_000);
        await nextTurn();
        expectExactLedger(world);
        pair.session.close();
        await nextTurn();
        world.clock.advance(60_000);
        expectOneOutcomeEach(pair);
        expectEverybodyTold(pair);
        expectNothingOwned(pair);
        expectExactCounts(world);
        expect(engine.desk.list()).toEqual([]);
        await world.runtime.stop();
        expectNothingLeft(world);
      }),
      runs(60),
    );
  });
});
