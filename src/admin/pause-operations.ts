/**
 * The part of the admin API that holds frames: the breakpoints that people set, and the frames that these or rules have put on
 * the desk.
 */

import { isJsonObject } from '../protocol/derive.ts';
import type { PausedFrame } from '../rules/pause-desk.ts';
import { breakpointsMax } from '../rules/breakpoints.ts';
import type { Administered, AdministeredEngine } from './administered.ts';
import type { ApiAnswer, ApiCall, Operation } from './operation.ts';
import type { Problem } from './problems.ts';

export const pauseOperations: readonly Operation[] = [
  {
    name: 'listPaused',
    method: 'GET',
    path: '/pause',
    answer: withEngine(({ engine }) => ({ status: 200, body: { frames: engine.desk.list().map(withoutMessage) } })),
  },
  {
    name: 'getPaused',
    method: 'GET',
    path: '/pause/{id}',
    answer: withEngine(({ engine, call }) => {
      const frame = engine.desk.get(call.params['id']!);
      return frame === undefined ? notPaused : { status: 200, body: frame };
    }),
  },
  {
    name: 'resumePaused',
    method: 'POST',
    path: '/pause/{id}/resume',
    answer: withEngine(({ engine, call }) => decided(engine.desk.resume(call.params['id']!))),
  },
  { name: 'modifyPaused', method: 'POST', path: '/pause/{id}/modify', answer: withEngine(modify) },
  { name: 'blockPaused', method: 'POST', path: '/pause/{id}/block', answer: withEngine(block) },
  {
    name: 'listBreakpoints',
    method: 'GET',
    path: '/breakpoints',
    answer: withEngine(({ engine }) => ({ status: 200, body: { breakpoints: engine.breakpoints.list() } })),
  },
  { name: 'addBreakpoint', method: 'POST', path: '/breakpoints', answer: withEngine(addBreakpoint) },
  {
    name: 'removeBreakpoint',
    method: 'DELETE',
    path: '/breakpoints/{id}',
    answer: withEngine(({ engine, call }) =>
      engine.breakpoints.remove(call.params['id']!) ? { status: 204 } : { problem: 'NO_BREAKPOINT' },
    ),
  },
];

interface EngineCall {
  readonly engine: AdministeredEngine;
  readonly call: ApiCall;
}

function withEngine(answer: (asked: EngineCall) => ApiAnswer | Promise<ApiAnswer>): Operation['answer'] {
  return (call: ApiCall, { engine }: Administered) =>
    engine === undefined ? { problem: 'NO_RULES' } : answer({ engine, call });
}

const notPaused: Problem = { problem: 'NOT_PAUSED' };

function decided(wasWaiting: boolean): ApiAnswer {
  return wasWaiting ? { status: 204 } : notPaused;
}

function modify({ engine, call }: EngineCall): ApiAnswer {
  const message = isJsonObject(call.body) ? call.body['message'] : undefined;
  if (!isJsonObject(message)) return bad('The body is {"message": {...}}, the message that is to go on');
  return decided(engine.desk.modify(call.params['id']!, message));
}

function block({ engine, call }: EngineCall): ApiAnswer {
  const said = call.body ?? {};
  const { code, message } = isJsonObject(said) ? said : { code: null, message: null };
  const isCode = code === undefined || (typeof code === 'number' && Number.isSafeInteger(code));
  const isMessage = message === undefined || typeof message === 'string';
  if (!isCode || !isMessage) return bad('The body is {"code": NUMBER, "message": TEXT}, and both may be left out');
  return decided(engine.desk.block(call.params['id']!, code, message));
}

/** The evaluator of conditions is loaded for those who set one. */
async function addBreakpoint({ engine, call }: EngineCall): Promise<ApiAnswer> {
  const { readBreakpoint } = await import('../rules/read-breakpoint.ts');
  const read = readBreakpoint(call.body ?? {});
  if ('problem' in read) return bad(read.problem);
  const added = engine.breakpoints.add(read);
  if (added !== undefined) return { status: 200, body: added };
  return { problem: 'TOO_MANY_BREAKPOINTS', message: `There are ${breakpointsMax} breakpoints: remove one first` };
}

function bad(message: string): Problem {
  return { problem: 'BAD_REQUEST', message };
}

function withoutMessage({ message: _, ...frame }: PausedFrame): Omit<PausedFrame, 'message'> {
  return frame;
}
