/** What rules cost the frames that none of them means: a thousand that can be looked up, and a thousand that have to be asked. */

import { passBytes, pairs } from './acts.ts';
import { benchRuntime, openServing } from './in-memory.ts';
import { type Bench, cpuMicrosOf, inRounds, perRound } from './measure.ts';
import { readRuleFile } from '../../src/rules/rule-file.ts';
import { RuleEngine } from '../../src/rules/rule-engine.ts';
import { silentLog } from '../../src/runtime/silent-log.ts';
import { systemClock } from '../../src/runtime/system-clock.ts';

const rules = 1000;
const actsPerRound = 10;
const warmUpActs = 10;

export const ruled: Bench = {
  name: 'rules',
  title: `${rules} rules of which none is meant`,
  about: `The pairs of \`frame\`, in a session with rules, beside the same without; what is shown is what the rules add to one frame.
*By method* and *by tool* are rules that say \`frame.method ==\` or \`frame.name ==\` something else: they are found through the
index. *By name in params* has the evaluator read \`frame.params.name\`, but for another tool. *Asked* are rules about the session and
the size of the frame, each of which has to be asked.`,

  async measure(options) {
    const sets = {
      byMethod: (n: number) => `frame.method == "x/${n}" && frame.params.a == 1`,
      byTool: (n: number) => `frame.method == "tools/call" && frame.name == "tool-${n}"`,
      byParams: (n: number) => `frame.method == "tools/call" && frame.params.name == "tool-${n}"`,
      asked: (n: number) =>
        n % 2 === 0 ? `meta.frame_count > ${1_000_000_000 + n}` : `frame.bytes > ${100_000_000 + n}`,
    };
    const runtimes = [benchRuntime(), ...Object.values(sets).map((when) => benchRuntime(engineWith(when)))];
    const acts = runtimes.map((runtime) => passBytes([openServing(runtime)]));
    for (const act of acts) cpuMicrosOf(act, warmUpActs);
    const timed = (index: number) => (): number => cpuMicrosOf(acts[index]!, actsPerRound) / pairs / 2;
    const micros = await inRounds(options, {
      none: timed(0),
      byMethod: timed(1),
      byTool: timed(2),
      byParams: timed(3),
      asked: timed(4),
    });
    const added = (values: readonly number[]): readonly number[] =>
      values.map((value, round) => value - (micros.none[round] ?? NaN));
    for (const runtime of runtimes) await runtime.stop();
    return [
      perRound('no rules, a frame', 'us', micros.none),
      perRound('added by rules by method, a frame', 'us', added(micros.byMethod), { most: 1 }),
      perRound('added by rules by tool, a frame', 'us', added(micros.byTool), { most: 1 }),
      perRound('added by rules by name in params, a frame', 'us', added(micros.byParams), { most: 1 }),
      perRound('added by rules that are asked, a frame', 'us', added(micros.asked), { most: 20 }),
    ];
  },
};

function engineWith(when: (n: number) => string): RuleEngine {
  const lines = Array.from({ length: rules }, (_, n) => `  - { id: r${n}, when: '${when(n)}', do: [block: {}] }`);
  const read = readRuleFile(['version: 1', 'rules:', ...lines].join('\n'));
  if ('problems' in read) throw new Error(read.problems[0]?.message);
  return new RuleEngine({ rules: read.rules, plugins: [] }, { clock: systemClock(), log: silentLog });
}
