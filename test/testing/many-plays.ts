/**
 * Tries what nobody may accuse with a great many plays: `npm run plays -- --runs N [--seed S]`. The proxy that keeps every law, and our
 * own runtime in both eras. Exits with 1 when one is accused, and says how it is played again.
 */

import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { type HarnessOptions, LawBroken, sessionHarness } from '../../src/testing/harness.ts';
import { CarefulProxy, pendingMax } from './mutants/careful-proxy.ts';
import { ownRuntime } from './own-runtime.ts';

const portion = 500;
const usage = `npm run plays -- [--runs N] [--seed S]

  --runs N  plays, all three together: 10000 unless said otherwise
  --seed S  the first seed: another one each time, unless said otherwise`;
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '10000' },
    seed: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) {
  console.log(usage);
  process.exit(0);
}
const runs = Number(values.runs);
const firstSeed = Number(values.seed ?? randomInt(2 ** 30));

type Tried = Exclude<HarnessOptions, { readonly target: unknown }>;
const own = { isSynchronous: true, proxy: ownRuntime } as const;
const tried: readonly Tried[] = [
  { name: 'a careful proxy', isSynchronous: true, pendingMax, proxy: (world) => new CarefulProxy(world) },
  { ...own, name: 'our own runtime' },
  { ...own, name: 'our own runtime without sessions', era: 'stateless' },
];

let isAccused = false;
for (const options of tried) {
  const startedAt = performance.now();
  const share = Math.ceil(runs / tried.length);
  let plays = 0;
  for (let seed = firstSeed; plays < share; seed++) {
    const harness = sessionHarness({ ...options, seed, runs: Math.min(portion, share - plays) });
    let outcome: Promise<void> = Promise.resolve();
    harness.test((_name, run) => void (outcome = run()));
    try {
      await outcome;
      plays += Math.min(portion, share - plays);
    } catch (error) {
      if (!(error instanceof LawBroken)) throw error;
      isAccused = true;
      console.log(error.message);
      break;
    }
  }
  const seconds = (performance.now() - startedAt) / 1000;
  console.log(`${options.name}: ${plays} plays in ${seconds.toFixed(1)} s, seeds from ${firstSeed}`);
}
process.exit(isAccused ? 1 : 0);
