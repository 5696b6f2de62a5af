/**
 * Marks: each message that we say carries a number, and each answer and each copy of it that comes out elsewhere still has it. So
 * it is seen from outside whose message is where, whatever a proxy does to ids. A mark stands where implementations of the protocol
 * leave alone what they do not know: in `_meta`, in the data of an error, in the text of progress. The number says also in which play
 * of a thing that is kept it was said, so that what an earlier play has left is not taken for what this one says.
 */

import { isJsonObject } from '../../protocol/derive.ts';
import type { WireMessage } from './history.ts';

const key = 'ninelives/mark';

/** A play has fewer events than this, by far. */
const marksOfAPlay = 2 ** 20;

type Members = Readonly<Record<string, unknown>>;

/** The mark of what is said at `seq` in a play before which there were so many others. */
export function markIn(play: number, seq: number): number {
  return play * marksOfAPlay + seq;
}

/** The place in the history of its play. */
export function seqOf(message: WireMessage): number | undefined {
  const mark = markOf(message);
  return mark === undefined ? undefined : mark % marksOfAPlay;
}

/** The play that it is of: by its mark, or by the token that progress is told under; undefined where neither is ours. */
export function playOf(message: WireMessage): number | undefined {
  const mark = markOf(message) ?? tokenMark(message.params?.['progressToken']);
  return mark === undefined ? undefined : Math.floor(mark / marksOfAPlay);
}

/** The token for the progress of a request that is said with this mark. */
export function tokenOf(mark: number): string {
  return `token-${mark}`;
}

/** The message with its mark. A message that can carry none is returned as it is. */
export function withMark(message: WireMessage, mark: number): WireMessage {
  if (message.method === 'notifications/progress') {
    return { ...message, params: { ...message.params, message: textOf(mark) } };
  }
  if (message.method !== undefined) return { ...message, params: withMeta(message.params, mark) };
  if (message.error !== undefined) {
    const { code, message: text } = message.error;
    return { ...message, error: { code, message: `${text} (${textOf(mark)})`, data: { mark } } };
  }
  return isJsonObject(message.result) ? { ...message, result: withMeta(message.result, mark) } : message;
}

/** The mark that the message carries, undefined where it has none: it is somebody else's, or was said by a proxy itself. */
export function markOf(message: WireMessage): number | undefined {
  const { params, result, error } = message;
  if (params !== undefined) return markInMeta(params) ?? markInText(params['message']);
  if (isJsonObject(result)) return markInMeta(result);
  if (error === undefined) return undefined;
  return numberIn(isJsonObject(error.data) ? error.data['mark'] : undefined) ?? markInText(error.message);
}

const textOf = (mark: number): string => `mark ${mark}`;

function withMeta(members: Members | undefined, mark: number): Members {
  const meta = members?.['_meta'];
  return { ...members, _meta: isJsonObject(meta) ? { ...meta, [key]: mark } : { [key]: mark } };
}

function markInMeta(members: Members): number | undefined {
  const meta = members['_meta'];
  return isJsonObject(meta) ? numberIn(meta[key]) : undefined;
}

function markInText(text: unknown): number | undefined {
  if (typeof text !== 'string') return undefined;
  const digits = /\bmark (\d{1,16})\b/.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function tokenMark(token: unknown): number | undefined {
  const digits = typeof token === 'string' ? /^token-(\d{1,16})$/.exec(token)?.[1] : undefined;
  return digits === undefined ? undefined : Number(digits);
}

function numberIn(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
