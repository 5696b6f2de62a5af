/** The part of the admin API that is about rules: which are in force, and the frames that they have put on the desk. */

import type { PausedFrame } from '../rules/pause-desk.ts';
import type { JsonObject } from '../session/interception.ts';
import type { Administered, AdministeredRules } from './administered.ts';
import type { ApiAnswer, ApiCall, Operation } from './operation.ts';
import type { Problem } from './problems.ts';

export const ruleOperations: readonly Operation[] = [
  { name: 'getRules', method: 'GET', path: '/rules', answer: withRules(({ rules }) => inForce(rules)) },
  { name: 'reloadRules', method: 'POST', path: '/rules/reload', answer: withRules(reload) },
  {
    name: 'listPaused',
    method: 'GET',
    path: '/pause',
    answer: withRules(({ rules }) => ({ status: 200, body: { frames: rules.engine.desk.list().map(withoutMessage) } })),
  },
  {
    name: 'getPaused',
    method: 'GET',
    path: '/pause/{id}',
    answer: withRules(({ rules, call }) => {
      const frame = rules.engine.desk.get(call.params['id']!);
      return frame === undefined ? notPaused : { status: 200, body: frame };
    }),
  },
  {
    name: 'resumePaused',
    method: 'POST',
    path: '/pause/{id}/resume',
    answer: withRules(({ rules, call }) => decided(rules.engine.desk.resume(call.params['id']!))),
  },
  { name: 'modifyPaused', method: 'POST', path: '/pause/{id}/modify', answer: withRules(modify) },
  { name: 'blockPaused', method: 'POST', path: '/pause/{id}/block', answer: withRules(block) },
];

interface RuleCall {
  readonly rules: AdministeredRules;
  readonly call: ApiCall;
}

function withRules(answer: (asked: RuleCall) => ApiAnswer | Promise<ApiAnswer>): Operation['answer'] {
  return (call: ApiCall, { rules }: Administered) =>
    rules === undefined ? { problem: 'NO_RULES' } : answer({ rules, call });
}

const notPaused: Problem = { problem: 'NOT_PAUSED' };

function decided(wasWaiting: boolean): ApiAnswer {
  return wasWaiting ? { status: 204 } : notPaused;
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
  const before = rules.engine.ruleSet;
  await rules.reload();
  return rules.engine.ruleSet === before ? { problem: 'RULES_NOT_TAKEN' } : inForce(rules);
}

function modify({ rules, call }: RuleCall): ApiAnswer {
  const message = isObject(call.body) ? call.body['message'] : undefined;
  if (!isObject(message)) return bad('The body is {"message": {...}}, the message that is to go on');
  return decided(rules.engine.desk.modify(call.params['id']!, message));
}

function block({ rules, call }: RuleCall): ApiAnswer {
  const said = call.body ?? {};
  const { code, message } = isObject(said) ? said : { code: null, message: null };
  const isCode = code === undefined || (typeof code === 'number' && Number.isSafeInteger(code));
  const isMessage = message === undefined || typeof message === 'string';
  if (!isCode || !isMessage) return bad('The body is {"code": NUMBER, "message": TEXT}, and both may be left out');
  return decided(rules.engine.desk.block(call.params['id']!, code, message));
}

function bad(message: string): Problem {
  return { problem: 'BAD_REQUEST', message };
}

function withoutMessage({ message: _, ...frame }: PausedFrame): Omit<PausedFrame, 'message'> {
  return frame;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
