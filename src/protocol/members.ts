/**
 * Where the members of a message stand that tell what it is and whose: the id's place and which of `method`, `result` and
 * `error` there are. Exact for JSON text (the last of equal keys counts, as in JSON.parse), a best guess for anything else.
 */
import {
  colon,
  comma,
  endOfString,
  endOfValue,
  isScalarByte,
  nowhere,
  openBrace,
  quote,
  skipSpace,
} from './json-text.ts';
import { decodeSlice } from './text.ts';

export interface Members {
  /** Byte range of the id's token; both `-1` when there is none. */
  readonly idStart: number;
  readonly idEnd: number;
  readonly hasMethod: boolean;
  readonly isAnswer: boolean;
}

/** The text of the JSON string whose quotes stand at `open` and `close`; as it stands when its escapes are bad. */
export function stringAt(bytes: Uint8Array, open: number, close: number): string {
  const raw = decodeSlice(bytes, open + 1, close);
  if (!raw.includes('\\')) return raw;
  const parsed = parseOrUndefined(`"${raw}"`);
  return typeof parsed === 'string' ? parsed : raw;
}

/** The JSON token from `start` to `end` when it is a number or a string, so that it can be echoed as an id. */
export function echoableToken(bytes: Uint8Array, start: number, end: number): string | undefined {
  if (end <= start) return undefined;
  const token = decodeSlice(bytes, start, end);
  const value = parseOrUndefined(token);
  return typeof value === 'string' || typeof value === 'number' ? token : undefined;
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export interface MemberPlace {
  readonly key: string;
  readonly start: number;
  /** `-1` when the value does not end within the bytes. */
  readonly end: number;
}

/** The members of the object in `bytes`, in order, as far as they can be walked. */
export function* memberPlaces(bytes: Uint8Array): Generator<MemberPlace, void> {
  let at = skipSpace(bytes, 0);
  if (bytes[at] !== openBrace) return;
  do {
    const open = skipSpace(bytes, at + 1);
    if (bytes[open] !== quote) return;
    const close = endOfString(bytes, open + 1);
    if (close === nowhere) return;
    at = skipSpace(bytes, close + 1);
    if (bytes[at] !== colon) return;
    const start = skipSpace(bytes, at + 1);
    let end = endOfValue(bytes, start);
    // A scalar that touches the end of the bytes may go on behind it.
    if (end === bytes.length && isScalarByte(bytes[end - 1] ?? 0)) end = nowhere;
    yield { key: stringAt(bytes, open, close), start, end };
    if (end === nowhere) return;
    at = skipSpace(bytes, end);
  } while (bytes[at] === comma);
}

const ofEnvelope: ReadonlySet<string> = new Set(['jsonrpc', 'id', 'method', 'params', 'result', 'error']);

/**
 * The first member of the envelope that stands there twice, in whatever spelling. Receivers differ in which of two counts (RFC 8259,
 * section 4), so that such a message says one thing to a proxy and another behind it.
 */
export function repeatedMember(bytes: Uint8Array): string | undefined {
  const seen = new Set<string>();
  for (const { key } of memberPlaces(bytes)) {
    if (seen.has(key)) return key;
    if (ofEnvelope.has(key)) seen.add(key);
  }
  return undefined;
}

export function findMembers(bytes: Uint8Array): Members {
  let idStart = -1;
  let idEnd = -1;
  let hasMethod = false;
  let hasOutcome = false;
  for (const { key, start, end } of memberPlaces(bytes)) {
    if (key === 'id' && end !== nowhere) {
      idStart = start;
      idEnd = end;
    } else if (key === 'method') {
      hasMethod = true;
    } else if (key === 'result' || key === 'error') {
      hasOutcome = true;
    }
  }
  return { idStart, idEnd, hasMethod, isAnswer: hasOutcome && !hasMethod };
}
