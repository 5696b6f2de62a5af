/**
 * The fields that a line of an event stream can be about (WHATWG HTML, "Interpreting an event stream"), told from its first
 * bytes, and what a field of digits says. Knows one line, nothing of events.
 */
import { colon } from './json-text.ts';
import { encodeText } from './text.ts';

export type SseField = 'data' | 'event' | 'id' | 'retry';

const zero = 0x30;
const nine = 0x39;

interface Name {
  readonly field: SseField;
  readonly bytes: Uint8Array;
}

/** By the first byte, in which they all differ. */
const names: (Name | undefined)[] = Array.from({ length: 256 });
for (const field of ['data', 'event', 'id', 'retry'] as const) {
  names[field.charCodeAt(0)] = { field, bytes: encodeText(field) };
}

/**
 * The field of the line of which the bytes from `start` to `end` are here: `'ignored'` for a comment and for any other name,
 * `undefined` when more of the line has to come to tell.
 */
export function sseFieldAt(
  bytes: Uint8Array,
  start: number,
  end: number,
  isEnded: boolean,
): SseField | 'ignored' | undefined {
  const name = names[bytes[start] ?? 0];
  if (name === undefined) return 'ignored';
  const nameEnd = start + name.bytes.length;
  const stop = Math.min(nameEnd, end);
  for (let at = start; at < stop; at += 1) {
    if (bytes[at] !== name.bytes[at - start]) return 'ignored';
  }
  if (nameEnd < end) return bytes[nameEnd] === colon ? name.field : 'ignored';
  if (!isEnded) return undefined;
  return nameEnd === end ? name.field : 'ignored';
}

/** The number that stands there when it is digits alone; one that is no safe integer is the largest that is. */
export function digitsAt(bytes: Uint8Array, start: number, end: number): number | undefined {
  if (start === end) return undefined;
  let value = 0;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte < zero || byte > nine) return undefined;
    value = Math.min(value * 10 + (byte - zero), Number.MAX_SAFE_INTEGER);
  }
  return value;
}
