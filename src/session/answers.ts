/** Answers that an interceptor gives in a peer's place, encoded for the requester. */

import { encodeErrorResponse, encodeResultResponse } from '../protocol/encode.ts';
import type { Verdict } from './interception.ts';

type AnswerBody = Extract<Verdict, { kind: 'answer' }>['body'];

export function answerBytes(idToken: string, body: AnswerBody): Uint8Array {
  return 'result' in body
    ? encodeResultResponse(idToken, body.result)
    : encodeErrorResponse(idToken, body.error as { code: number; message: string; data?: unknown });
}
