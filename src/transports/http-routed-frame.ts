/**
 * An HTTP request, and the pieces of its answer, as one node hands them to another. A request is its method, path, headers and body,
 * and whom the front that took it has found its sender to be. Knows the form, and not what follows from it.
 */

import type { Claims } from '../session/interception.ts';
import { isJsonObject } from '../protocol/derive.ts';
import { decodeSlice, encodeText } from '../protocol/text.ts';
import type { HttpVisitor } from './http-front-options.ts';
import type { HeaderList } from './http-messages.ts';
import { joinBytes } from './join-bytes.ts';

export interface RoutedHead {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  /** Names and values in turn, without those that were for the front alone. */
  readonly headers: readonly string[];
  readonly principal?: string | undefined;
  readonly route?: string | undefined;
  readonly key: string;
  readonly claims?: Claims | undefined;
}

export interface RoutedFrame {
  readonly head: RoutedHead;
  readonly body: Uint8Array;
}

/** Status and headers come with the first piece. */
export interface AnswerPiece {
  readonly head: { readonly status: number; readonly headers: HeaderList } | undefined;
  /** The answer is cut off here: what was said is not all. */
  readonly isCutOff: boolean;
  readonly bytes: Uint8Array;
}

/** Beside its body, a frame is at most so large: headers of the usual limit, and what is known of their sender. */
export const routedHeadBytesMax = 64 * 1024;

/** What belongs to one connection, or is said by the body itself. */
const ofConnection: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

const hasHead = 1;
const cutOff = 2;

export function encodeRouted(
  {
    method,
    url,
    rawHeaders,
  }: { readonly method: string; readonly url: string; readonly rawHeaders: readonly string[] },
  { principal, route, key, claims, ownHeaders }: HttpVisitor,
  body: Uint8Array,
): Uint8Array {
  const headers: string[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!.toLowerCase();
    if (!ofConnection.has(name) && ownHeaders?.has(name) !== true) headers.push(name, rawHeaders[at + 1]!);
  }
  const head: RoutedHead = { method, url, headers, principal, route, key, claims };
  return withLength(encodeText(JSON.stringify(head)), body);
}

/** @throws what came is no frame of ours. */
export function decodeRouted(bytes: Uint8Array): RoutedFrame {
  const { text, rest } = splitLength(bytes);
  const head: unknown = JSON.parse(text);
  if (!isRoutedHead(head)) throw new TypeError('A frame that another node sent cannot be read');
  return { head, body: rest };
}

export function encodePiece({ head, isCutOff, bytes }: AnswerPiece): Uint8Array {
  const flags = Uint8Array.of((head === undefined ? 0 : hasHead) | (isCutOff ? cutOff : 0));
  if (head === undefined) return joinBytes([flags, bytes]);
  const text = encodeText(JSON.stringify(head));
  return joinBytes([flags, lengthOf(text), text, bytes]);
}

/** @throws what came is no piece of ours. */
export function decodePiece(piece: Uint8Array): AnswerPiece {
  const flags = piece[0] ?? cutOff;
  const isCutOff = (flags & cutOff) !== 0;
  if ((flags & hasHead) === 0) return { head: undefined, isCutOff, bytes: piece.subarray(1) };
  const { text, rest } = splitLength(piece.subarray(1));
  const head: unknown = JSON.parse(text);
  if (!isAnswerHead(head)) throw new TypeError('A piece that another node sent cannot be read');
  return { head, isCutOff, bytes: rest };
}

function lengthOf(text: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, text.length);
  return bytes;
}

function withLength(text: Uint8Array, rest: Uint8Array): Uint8Array {
  return joinBytes([lengthOf(text), text, rest]);
}

/** @throws RangeError there is less than is said. */
function splitLength(bytes: Uint8Array): { readonly text: string; readonly rest: Uint8Array } {
  const end = 4 + new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(0);
  if (end > bytes.length)
    throw new RangeError(`A frame of ${bytes.length} bytes cannot have a head that ends at ${end}`);
  return { text: decodeSlice(bytes, 4, end), rest: bytes.subarray(end) };
}

function isRoutedHead(value: unknown): value is RoutedHead {
  if (!isJsonObject(value)) return false;
  const { method, url, key, headers, principal, route } = value;
  const isSaid = [method, url, key].every((each) => typeof each === 'string');
  return isSaid && [principal, route].every((each) => ['string', 'undefined'].includes(typeof each)) && isList(headers);
}

function isAnswerHead(value: unknown): value is NonNullable<AnswerPiece['head']> {
  if (!isJsonObject(value)) return false;
  const { status, headers } = value;
  return Number.isInteger(status) && Number(status) >= 200 && Number(status) <= 599 && isList(headers);
}

/** Names and values in turn. */
function isList(value: unknown): boolean {
  return Array.isArray(value) && value.length % 2 === 0 && value.every((each) => typeof each === 'string');
}
