/**
 * What nodes say to each other, as bytes: a header of fixed length, the key of a request, and the body untouched. Knows the form
 * and not what follows from it.
 */

import { decodeSlice, encodeText } from '../protocol/text.ts';

/**
 * - `request`: a frame for a key. `accepted`, `refused`: what its owner says at once; both are final.
 * - `part`: one message of an answer that has more to follow; `result`: the last; `failure`: there is no answer, with the reason.
 * - `received`: of each answer in its body, how many parts have come, and how many of those were taken by their reader.
 * - `cancelled`: nobody waits for the answer. `probe`, `pulse`: whether a node is there, and which requests it does not know.
 */
export const messageKinds = [
  'request',
  'accepted',
  'refused',
  'part',
  'result',
  'failure',
  'received',
  'cancelled',
  'probe',
  'pulse',
] as const;

export type MessageKind = (typeof messageKinds)[number];

export interface Message {
  readonly kind: MessageKind;
  /** Numbered by the node that asks. */
  readonly request: number;
  /** Of the claim under which the owner has the key. */
  readonly epoch: number;
  readonly sequence: number;
  readonly key: string;
  readonly body: Uint8Array;
}

/** Kind, request, epoch, sequence, length of the key. */
export const headerBytes = 1 + 8 + 8 + 4 + 2;

const nothing = new Uint8Array();

/** @throws RangeError the key is longer than 65535 bytes. */
export function encodeMessage(kind: MessageKind, request: number, rest: Partial<Message> = {}): Uint8Array {
  const { epoch = 0, sequence = 0, body = nothing } = rest;
  const key = rest.key === undefined ? nothing : encodeText(rest.key);
  if (key.length > 0xffff) throw new RangeError(`A key of ${key.length} bytes is too long`);
  const bytes = new Uint8Array(headerBytes + key.length + body.length);
  const view = new DataView(bytes.buffer);
  bytes[0] = messageKinds.indexOf(kind);
  view.setFloat64(1, request);
  view.setFloat64(9, epoch);
  view.setUint32(17, sequence);
  view.setUint16(21, key.length);
  bytes.set(key, headerBytes);
  bytes.set(body, headerBytes + key.length);
  return bytes;
}

/** Undefined for bytes that no node of this version sends. The body is a view of them. */
export function decodeMessage(bytes: Uint8Array): Message | undefined {
  const kind = messageKinds[bytes[0] ?? messageKinds.length];
  if (kind === undefined || bytes.length < headerBytes) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const keyEnd = headerBytes + view.getUint16(21);
  if (keyEnd > bytes.length) return undefined;
  return {
    kind,
    request: view.getFloat64(1),
    epoch: view.getFloat64(9),
    sequence: view.getUint32(17),
    key: decodeSlice(bytes, headerBytes, keyEnd),
    body: bytes.subarray(keyEnd),
  };
}

/** The numbers of requests, as the body of a probe or of its answer. */
export function encodeRequests(requests: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(requests.length * 8);
  const view = new DataView(bytes.buffer);
  for (const [index, request] of requests.entries()) view.setFloat64(index * 8, request);
  return bytes;
}

export function decodeRequests(body: Uint8Array): readonly number[] {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  return Array.from({ length: Math.floor(body.length / 8) }, (_, index) => view.getFloat64(index * 8));
}

/** How far one answer has come. */
export interface Receipt {
  readonly request: number;
  /** So many parts have come, in order. */
  readonly sequence: number;
  /** So many of them were taken by their reader. */
  readonly taken: number;
}

const receiptBytes = 16;

/** The body of `received`. */
export function encodeReceipts(receipts: readonly Receipt[]): Uint8Array {
  const bytes = new Uint8Array(receipts.length * receiptBytes);
  const view = new DataView(bytes.buffer);
  for (const [index, { request, sequence, taken }] of receipts.entries()) {
    const at = index * receiptBytes;
    view.setFloat64(at, request);
    view.setUint32(at + 8, sequence);
    view.setUint32(at + 12, taken);
  }
  return bytes;
}

export function decodeReceipts(body: Uint8Array): readonly Receipt[] {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  return Array.from({ length: Math.floor(body.length / receiptBytes) }, (_, index) => {
    const at = index * receiptBytes;
    return { request: view.getFloat64(at), sequence: view.getUint32(at + 8), taken: view.getUint32(at + 12) };
  });
}
