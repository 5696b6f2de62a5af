/** Opens the admin listener of a front where that was asked for. What it takes is loaded only then. */

import type { Runtime } from '../runtime/api.ts';
import type { RulesInForce } from '../rules/rules-in-force.ts';
import type { InspectOptions } from './inspect.ts';
import type { InspectRequest } from './inspect-flag.ts';

export interface InspectedFront extends Omit<InspectOptions, 'at' | 'rules' | 'managed'> {
  readonly managed: InspectOptions['managed'] | { readonly runtime: Runtime };
  readonly rules: RulesInForce | null | undefined;
  /** Where they came from. */
  readonly ruleFile: { readonly file: string } | undefined;
}

/** @param front is asked only where somebody wants to look. */
export async function inspectWhereAsked(
  at: InspectRequest | undefined,
  front: () => InspectedFront | Promise<InspectedFront>,
): Promise<void> {
  if (at === undefined) return;
  const [{ managedRules, managedRuntime, openInspect }, { managed, rules, ruleFile, ...rest }] = await Promise.all([
    import('./inspect.ts'),
    front(),
  ]);
  await openInspect({
    ...rest,
    at,
    managed: 'runtime' in managed ? managedRuntime(managed.runtime) : managed,
    ...managedRules(rules, ruleFile),
  });
}
