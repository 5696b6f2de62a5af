/** Writes the messages that we send in our own name. Knows JSON-RPC, not what the errors mean. */
import type { RequestId } from './envelope.ts';
import { ownMember } from './derive.ts';
import { decodeText, encodeText } from './text.ts';

export interface ErrorBody {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

/** The JSON text of an id. */
export function idTokenOf(id: RequestId): string {
  return JSON.stringify(id);
}

/** An error response; without an id to name it says `"id":null` (JSON-RPC 2.0, section 5). */
export function encodeErrorResponse(idToken: string | undefined, error: ErrorBody): Uint8Array {
  return encodeErrorText(idToken, errorTextOf(error));
}

/** The error as JSON text, for `encodeErrorText`: one error may be told to many. */
export function errorTextOf({ code, message, data }: ErrorBody): string {
  return JSON.stringify({ code, message, data });
}

export function encodeErrorText(idToken: string | undefined, errorText: string): Uint8Array {
  return encodeText(`{"jsonrpc":"2.0","id":${idToken ?? 'null'},"error":${errorText}}`);
}

/** The error of a response that names no request, under the id of the request that it answers (R6). */
export function encodeAsErrorOf(idToken: string, unnamed: Uint8Array): Uint8Array {
  const message: unknown = JSON.parse(decodeText(unnamed));
  return encodeErrorText(idToken, JSON.stringify(ownMember(message, 'error')));
}

/** A result response; a result of `undefined` is the empty one. */
export function encodeResultResponse(idToken: string, result: unknown): Uint8Array {
  return encodeText(`{"jsonrpc":"2.0","id":${idToken},"result":${JSON.stringify(result === undefined ? {} : result)}}`);
}

export function encodeNotification(method: string, params?: object): Uint8Array {
  return encodeText(`{"jsonrpc":"2.0","method":${JSON.stringify(method)}${paramsMember(params)}}`);
}

export function encodeRequest(idToken: string, method: string, params?: object): Uint8Array {
  return encodeText(`{"jsonrpc":"2.0","id":${idToken},"method":${JSON.stringify(method)}${paramsMember(params)}}`);
}

/** `notifications/cancelled` for a request that we forwarded or sent under `requestId`. */
export function encodeCancelled(requestId: RequestId, reason: string): Uint8Array {
  return encodeNotification('notifications/cancelled', { requestId, reason });
}

function paramsMember(params: object | undefined): string {
  return params === undefined ? '' : `,"params":${JSON.stringify(params)}`;
}
