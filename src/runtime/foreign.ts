/**
 * Messages that come to a session from somebody else than whom it belongs to (P20). They get what a message to no session gets:
 * whoever sends them learns nothing by it, and the session nothing of them. Does not know who anybody is.
 */

import { refusal } from '../errors.ts';
import { idTokenOf } from '../protocol/encode.ts';
import type { Frame } from '../protocol/envelope.ts';
import { type ReadFault, isFault } from '../protocol/faults.ts';
import { type ReadLimits, isBatch, readMessages } from '../protocol/read.ts';
import { decodeText, encodeText } from '../protocol/text.ts';
import type { SessionData } from '../session/session-data.ts';
import { encodeRefusal } from '../session/tell.ts';
import type { NotTaken, Sender } from './api.ts';

/** The session belongs to this sender: opened for the same principal and route, both of which may be nobody's and none. */
export function belongsTo({ principal, route }: Pick<SessionData, 'principal' | 'route'>, sender: Sender): boolean {
  return principal === sender.principal && route === sender.route;
}

/** The refusal of a message, or of a batch, and the answer to what in it asks for one. */
export function refuseForeign(message: Uint8Array, limits: ReadLimits): NotTaken {
  const why = refusal('SESSION_NOT_FOUND', { reason: 'unknown' });
  const answers = readMessages(message, limits)
    .filter(expectsAnswer)
    .map((read) => encodeRefusal(isFault(read) ? read.idToken : idTokenOf(read.envelope.id!), why));
  return { refusal: why, answer: isBatch(message) && answers.length > 0 ? arrayOf(answers) : answers[0] };
}

function expectsAnswer(read: Frame | ReadFault): boolean {
  return isFault(read) ? read.expectsAnswer : read.envelope.kind === 'request';
}

function arrayOf(messages: readonly Uint8Array[]): Uint8Array {
  return encodeText(`[${messages.map((message) => decodeText(message)).join(',')}]`);
}
