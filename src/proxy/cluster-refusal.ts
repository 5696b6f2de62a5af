/** What a client is told of a request that did not come to the node that has its session, or not back from it (R15). */

import { refusal } from '../errors.ts';
import type { Failure } from '../cluster/send-result.ts';
import type { Carried } from '../transports/http-elsewhere.ts';

/** Where nothing has run, no node went away before it answered. */
const notReached = 'The request did not get to the node that has the session, and has not run';

export function failedAs({ code, executed, reason }: Failure): Carried {
  if (code === 'KEY_UNKNOWN') return { kind: 'not-found' };
  const isCertain = executed === 'no';
  const about = { executed, reason: code, ...(reason !== undefined && { detail: reason }) };
  if (isCertain && code === 'FRAME_TOO_LARGE') return failed('FRAME_TOO_LARGE', about, 413);
  // Whatever did not run may be sent again, to another node or a little later.
  const data = isCertain ? { ...about, retryable: true } : about;
  if (isCertain && code === 'DRAINING') return failed('DRAINING', data, 503);
  if (isCertain && code === 'BUSY') return failed('TOO_MANY_REQUESTS', { ...data, scope: 'cluster' }, 503);
  if (!isCertain) return failed('OWNER_LOST', data, 502);
  return { kind: 'failed', refusal: { ...refusal('OWNER_LOST', data), message: notReached }, status: 503 };
}

function failed(code: Parameters<typeof refusal>[0], data: Parameters<typeof refusal>[1], status: number): Carried {
  return { kind: 'failed', refusal: refusal(code, data), status };
}
