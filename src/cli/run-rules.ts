/** Runs `ninelives rules check`: says what is wrong with a rule file. Changes nothing and starts nothing but its plugins. */

import { counted } from '../counted.ts';
import { loadRules } from '../rules/load-rules.ts';
import { problemText } from '../rules/yaml-places.ts';
import type { RulesRequest } from './rules.ts';

/** Where text goes that people or programs read. */
export type Say = (text: string) => void;

/** The exit code. Mistakes go to `complain`, one a line; what is asked for as JSON goes to `say`. */
export async function checkRules(
  { file, json }: Pick<RulesRequest, 'file' | 'json'>,
  say: Say,
  complain: Say,
): Promise<0 | 1> {
  const loaded = await loadRules(file);
  const problems = 'problems' in loaded ? loaded.problems : [];
  if (json) say(`${JSON.stringify({ file, ok: problems.length === 0, problems }, null, 2)}\n`);
  else if ('ruleSet' in loaded) {
    const { rules, plugins } = loaded.ruleSet;
    say(`${file} is good: ${counted(rules.length, 'rule')} in force, ${counted(plugins.length, 'plugin')}\n`);
  } else for (const problem of problems) complain(`${problemText(file, problem)}\n`);
  return problems.length === 0 ? 0 : 1;
}
