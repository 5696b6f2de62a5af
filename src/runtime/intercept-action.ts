/** What an interceptor answered, as an action that there is: nothing about it is taken on trust. */

import { isJsonObject } from '../protocol/derive.ts';
import type { HoldScope, InterceptAction, JsonObject } from '../session/interception.ts';

/** Undefined for what is no action, or not one as it has to be. */
export function readInterceptAction(value: unknown): InterceptAction | undefined {
  if (!isJsonObject(value)) return undefined;
  const { by } = value;
  if (by !== undefined && typeof by !== 'string') return undefined;
  const known = readKnown(value);
  return known === undefined || by === undefined ? known : { by, ...known };
}

function readKnown(value: JsonObject): InterceptAction | undefined {
  switch (value['action']) {
    case 'continue':
      return { action: 'continue' };
    case 'modify':
      return isJsonObject(value['message']) ? { action: 'modify', message: value['message'] } : undefined;
    case 'delay': {
      const { delayMs, scope } = value;
      return isTime(delayMs) && isScope(scope) ? { action: 'delay', delayMs, scope } : undefined;
    }
    case 'pause':
      return readPause(value);
    case 'drop': {
      const { fault } = value;
      if (fault === undefined) return { action: 'drop' };
      return fault === 'close-session' || fault === 'kill-upstream' ? { action: 'drop', fault } : undefined;
    }
    case 'tag': {
      const { labels, isSet = true } = value;
      const isList = Array.isArray(labels) && labels.every((label) => typeof label === 'string');
      return isList && typeof isSet === 'boolean' ? { action: 'tag', labels, isSet } : undefined;
    }
    case 'block': {
      const { code, message } = value;
      if (code !== undefined && !Number.isSafeInteger(code)) return undefined;
      if (message !== undefined && typeof message !== 'string') return undefined;
      return {
        action: 'block',
        ...(code === undefined ? {} : { code: code as number }),
        ...(message === undefined ? {} : { message }),
      };
    }
    case 'mock':
      return readMock(value);
    default:
      return undefined;
  }
}

function readPause({ until, pauseMs, otherwise, scope }: JsonObject): InterceptAction | undefined {
  if (!(until instanceof Promise) || !isTime(pauseMs) || !isScope(scope)) return undefined;
  const decided = { until: until as Extract<InterceptAction, { readonly action: 'pause' }>['until'], pauseMs, scope };
  if (otherwise === undefined) return { action: 'pause', ...decided };
  const last = readInterceptAction(otherwise);
  return last === undefined || last.action === 'pause' ? undefined : { action: 'pause', ...decided, otherwise: last };
}

const isTime = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value < Infinity;

const isScope = (value: unknown): value is HoldScope =>
  value === undefined || value === 'direction' || value === 'exchange';

function readMock(value: JsonObject): InterceptAction | undefined {
  const { error } = value;
  if (error === undefined) return 'result' in value ? { action: 'mock', result: value['result'] } : undefined;
  if (!isJsonObject(error) || !Number.isSafeInteger(error['code']) || typeof error['message'] !== 'string')
    return undefined;
  return { action: 'mock', error: { code: error['code'] as number, message: error['message'], data: error['data'] } };
}
