/** What stands between the frames of a process that a command line describes. What that takes is loaded only where it is asked for. */

import type { Clock, Log } from '../ports.ts';
import type { RuleEngine } from '../rules/rule-engine.ts';
import type { RulesInForce } from '../rules/rules-in-force.ts';
import type { LoadedRuleFile } from './session-flags.ts';

export async function rulesInForce(
  loaded: LoadedRuleFile | undefined,
  clock: Clock,
  log: Log,
): Promise<RulesInForce | undefined> {
  if (loaded === undefined) return undefined;
  const { RulesInForce: Rules } = await import('../rules/rules-in-force.ts');
  return new Rules({ ...loaded, clock, log });
}

/** Without a rule file, what people set while the process runs; nothing where nobody can reach it. */
export async function ruleEngine(
  rules: RulesInForce | null | undefined,
  isInspected: boolean,
  clock: Clock,
  log: Log,
): Promise<RuleEngine | undefined> {
  if (rules != null || !isInspected) return rules?.engine;
  const { RuleEngine: Engine, noRules } = await import('../rules/rule-engine.ts');
  return new Engine(noRules, { clock, log });
}
