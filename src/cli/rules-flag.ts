/** Puts the rules in force that a command line names. What that takes is loaded only where it is asked for. */

import type { Clock, Log } from '../ports.ts';
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
