/** A failure as one node tells it to another. What cannot be read is a failure of which nothing is known. */

import { isJsonObject } from '../protocol/derive.ts';
import { decodeText, encodeText } from '../protocol/text.ts';
import { type Failure, type FailureCode, failureCodes, maybeExecuted } from './send-result.ts';

export function encodeFailure({ code, executed, reason }: Failure): Uint8Array {
  return encodeText(JSON.stringify({ code, executed, reason }));
}

export function decodeFailure(body: Uint8Array): Failure {
  let told: unknown;
  try {
    told = JSON.parse(decodeText(body));
  } catch {
    told = undefined;
  }
  const { code, executed, reason } = isJsonObject(told) ? told : {};
  if (!isFailureCode(code))
    return maybeExecuted('SESSION_FAILED', 'the owner failed in a way that this node does not know');
  return {
    ok: false,
    code,
    executed: executed === 'no' ? 'no' : 'unknown',
    ...(typeof reason === 'string' && { reason }),
  };
}

function isFailureCode(code: unknown): code is FailureCode {
  return failureCodes.some((known) => known === code);
}
