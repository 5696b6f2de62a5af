/** Answers in our own name, encoded and staged as effects towards the peer that waits for them. */

import { type Refusal, errorTable } from '../errors.ts';
import { encodeErrorResponse, encodeErrorText, encodeResultResponse, errorTextOf } from '../protocol/encode.ts';
import { type Direction, opposite } from '../protocol/envelope.ts';
import { ownMessage } from './effects.ts';
import type { Exchange } from './pending.ts';
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

/** What an answer of ours goes back by: where its request came from, and in which exchange. */
export interface AnswerAddress {
  readonly direction: Direction;
  readonly exchange: Exchange | undefined;
}

/**
 * Writes our answer to the peer whose request it answers, unless it does not read any more.
 * @param status HTTP status where nothing was sent yet; 0 where there is nothing to say by it.
 */
export function tell(record: SessionRecord, to: AnswerAddress, message: Uint8Array, status: number): void {
  const towards = opposite(to.direction);
  if (isReaderGone(record, towards)) return;
  record.unit.effect(ownMessage(towards, message, 'response', to.exchange, status));
}

/** Tells the requester that its request is refused, in our own name. */
export function tellRefusal(
  record: SessionRecord,
  entry: AnswerAddress & { readonly idToken: string },
  why: Refusal,
): void {
  tell(record, entry, encodeRefusal(entry.idToken, why), statusOfRefusal(why));
}

export function statusOfRefusal({ code }: Refusal): number {
  return errorTable[code].httpStatus;
}

/** Nobody reads what would travel in `towards`. */
export function isReaderGone(record: SessionRecord, towards: Direction): boolean {
  return towards === 'server-to-client' ? record.isClientGone : !record.isUpstreamReady;
}
