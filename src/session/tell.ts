/** Answers in our own name, encoded and staged as effects towards the peer that waits for them. */

import { type Refusal, errorTable } from '../errors.ts';
import { encodeErrorResponse, encodeErrorText, encodeResultResponse, errorTextOf } from '../protocol/encode.ts';
import { type Direction, opposite } from '../protocol/envelope.ts';
import type { AnswerBody } from './interception.ts';
import type { SessionRecord } from './record.ts';

/** The refusal as a JSON-RPC error response; `data.code` is the name of the row. No id token: `id` is null. */
export function encodeRefusal(idToken: string | undefined, refused: Refusal): Uint8Array {
  return encodeErrorText(idToken, textOfRefusal(refused));
}

/** The refusal as the JSON text of an error, for `encodeErrorText`. */
export function textOfRefusal(refused: Refusal): string {
  const row = errorTable[refused.code];
  return errorTextOf({
    code: refused.number ?? row.code,
    message: refused.message ?? row.message,
    data: { code: refused.code, ...refused.data },
  });
}

/** An interceptor's answer in a peer's place. */
export function encodeAnswer(idToken: string, body: AnswerBody): Uint8Array {
  return 'result' in body ? encodeResultResponse(idToken, body.result) : encodeErrorResponse(idToken, body.error);
}

/** Writes our answer to the peer whose message travelled in `direction`, unless it does not read any more. */
export function tell(record: SessionRecord, direction: Direction, message: Uint8Array): void {
  const towards = opposite(direction);
  if (isReaderGone(record, towards)) return;
  record.unit.effect({ type: 'send', direction: towards, message: [message], entry: undefined, isUrgent: false });
}

/** Nobody reads what would travel in `towards`. */
export function isReaderGone(record: SessionRecord, towards: Direction): boolean {
  return towards === 'server-to-client' ? record.isClientGone : !record.isUpstreamReady;
}
