/** The part of the admin API that is about the rule file: which rules are in force, and how they are loaded again. */

import type { Administered, AdministeredRules } from './administered.ts';
import type { ApiAnswer, ApiCall, Operation } from './operation.ts';

export const ruleOperations: readonly Operation[] = [
  { name: 'getRules', method: 'GET', path: '/rules', answer: withRules(({ rules }) => inForce(rules)) },
  { name: 'reloadRules', method: 'POST', path: '/rules/reload', answer: withRules(reload) },
];

interface RuleCall {
  readonly rules: AdministeredRules;
  readonly call: ApiCall;
}

function withRules(answer: (asked: RuleCall) => ApiAnswer | Promise<ApiAnswer>): Operation['answer'] {
  return (call: ApiCall, { rules }: Administered) =>
    rules === undefined ? { problem: 'NO_RULES' } : answer({ rules, call });
}

function inForce({ file, engine }: AdministeredRules): ApiAnswer {
  const { rules, plugins } = engine.ruleSet;
  return {
    status: 200,
    body: {
      file,
      rules: rules.map(({ id, priority }) => ({ id, priority })),
      plugins: plugins.map(({ name }) => name),
    },
  };
}

async function reload({ rules }: RuleCall): Promise<ApiAnswer> {
  const mistakes = await rules.reload();
  return mistakes.length === 0 ? inForce(rules) : { problem: 'RULES_NOT_TAKEN', mistakes };
}
