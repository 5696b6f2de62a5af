/** What a server on HTTP says when it does not do what it was asked: read from the status and body of its response. */

import { ownMember } from '../protocol/derive.ts';
import type { Frame, RequestId } from '../protocol/envelope.ts';
import { isFault } from '../protocol/faults.ts';
import { readMessage } from '../protocol/read.ts';
import { decodeText } from '../protocol/text.ts';
import type { ResponseHead } from './http-response.ts';
import type { RefusedMessage } from './http-session-loss.ts';

export interface Refusal extends RefusedMessage {
  /** The body, where it is a JSON-RPC error. */
  readonly error: Frame | undefined;
  /** For people: the status and what the server said, cut short. */
  readonly reason: string;
}

const textLengthMax = 200;

export function readRefusal(head: ResponseHead, body: Uint8Array): Refusal {
  const { status } = head;
  const error = errorIn(body);
  if (error !== undefined) {
    const { code, message } = errorOf(error);
    return { status, error, code, text: message, reason: reasonOf(status, message) };
  }
  const text = excerpt(decodeText(body));
  const isRedirect = status >= 300 && status < 400;
  return {
    status,
    error: undefined,
    code: undefined,
    text,
    reason: isRedirect ? redirect(head) : reasonOf(status, text),
  };
}

/** The error answers the request with this id, or names none and so answers the request that it came for (R6). */
export function isAnswerTo({ envelope }: Frame, id: RequestId): boolean {
  return envelope.id === undefined || envelope.id === id;
}

/** A text that people can read, of what may be a page. */
export function excerpt(text: string): string {
  const words = text
    .replaceAll(/<(?:style|script)\b[^]*?<\/(?:style|script)>|<[^>]*>/gi, ' ')
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  return words.length > textLengthMax ? `${words.slice(0, textLengthMax)} ...` : words;
}

function reasonOf(status: number, text: string): string {
  return text === '' ? `HTTP ${status}` : `HTTP ${status}: ${excerpt(text)}`;
}

function redirect(head: ResponseHead): string {
  const to = head.header('location') ?? '';
  const shown = URL.canParse(to) ? new URL(to).origin + new URL(to).pathname : excerpt(to).split('?')[0];
  return `HTTP ${head.status}: the server is at ${shown === '' ? 'another place' : shown} now, and redirects are not followed`;
}

function errorIn(body: Uint8Array): Frame | undefined {
  const read = readMessage(body);
  return isFault(read) || !read.envelope.isError ? undefined : read;
}

function errorOf({ bytes }: Frame): { readonly code: number | undefined; readonly message: string } {
  const error = ownMember(JSON.parse(decodeText(bytes)), 'error');
  const [code, message] = [ownMember(error, 'code'), ownMember(error, 'message')];
  return { code: typeof code === 'number' ? code : undefined, message: typeof message === 'string' ? message : '' };
}
