/**
 * Finds out whose message an oversize line was, from its head and tail alone, so that its request can be settled. Sound for
 * JSON text without duplicate keys: what it reports as the id is the id. It does not know what stood in between.
 */
import type { ReadFault } from './faults.ts';
import {
  backslash,
  closeBrace,
  colon,
  comma,
  isScalarByte,
  isSpaceByte,
  openBrace,
  quote,
  skipSpace,
} from './json-text.ts';
import type { OversizeLine } from './lines.ts';
import { echoableToken, memberPlaces, stringAt } from './members.ts';

interface Seen {
  idToken: string | undefined;
  method: string | undefined;
  hasMethod: boolean;
  hasOutcome: boolean;
}

/**
 * The fault of a line that was too large. `idToken` is found where the id stands before the first member that does not fit
 * into the head (`{"jsonrpc":"2.0","id":1,...`), or at the end behind the last large one (`...,"jsonrpc":"2.0","id":1}`).
 */
export function probeOversize(line: OversizeLine): ReadFault {
  const seen: Seen = { idToken: undefined, method: undefined, hasMethod: false, hasOutcome: false };
  for (const { key, start, end } of memberPlaces(line.head)) note(seen, key, line.head, start, end);
  if (line.head[skipSpace(line.head, 0)] === openBrace) noteTail(seen, line.tail);
  const isAnswer = seen.hasOutcome && !seen.hasMethod;
  return {
    fault: 'frame-too-large',
    reason: `The message of ${line.totalBytes} bytes is larger than the limit.`,
    expectsAnswer: !isAnswer && !isNotification(seen.method),
    isAnswer,
    idToken: seen.idToken,
  };
}

/** Without its id in sight, a request and a notification are told apart by the method's name. */
function isNotification(method: string | undefined): boolean {
  return method?.startsWith('notifications/') === true;
}

function note(seen: Seen, key: string, bytes: Uint8Array, start: number, end: number): void {
  if (key === 'id') {
    seen.idToken = echoableToken(bytes, start, end);
  } else if (key === 'method') {
    seen.hasMethod = true;
    seen.method = bytes[start] === quote ? stringAt(bytes, start, end - 1) : undefined;
  } else if (key === 'result' || key === 'error') {
    seen.hasOutcome = true;
  }
}

/**
 * Walks back from the closing brace over members with scalar values. Each step stands on structure: before the brace ends a
 * value, before a value stands a colon, before that a key, before that a comma. The first container met from behind ends the walk.
 */
function noteTail(seen: Seen, tail: Uint8Array): void {
  const members: (readonly [key: string, start: number, end: number])[] = [];
  let at = backOverSpace(tail, tail.length - 1);
  if (tail[at] !== closeBrace) return;
  do {
    const valueLast = backOverSpace(tail, at - 1);
    const valueFirst = startOfScalar(tail, valueLast);
    if (valueFirst === undefined) break;
    const colonAt = backOverSpace(tail, valueFirst - 1);
    if (tail[colonAt] !== colon) break;
    const keyClose = backOverSpace(tail, colonAt - 1);
    const keyOpen = tail[keyClose] === quote ? startOfString(tail, keyClose) : undefined;
    if (keyOpen === undefined) break;
    members.push([stringAt(tail, keyOpen, keyClose), valueFirst, valueLast + 1]);
    at = backOverSpace(tail, keyOpen - 1);
  } while (tail[at] === comma);
  for (const [key, start, end] of members.reverse()) note(seen, key, tail, start, end);
}

function backOverSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  while (isSpaceByte(bytes[at] ?? 0)) at -= 1;
  return at;
}

function startOfScalar(bytes: Uint8Array, last: number): number | undefined {
  if (bytes[last] === quote) return startOfString(bytes, last);
  let at = last;
  while (isScalarByte(bytes[at] ?? 0)) at -= 1;
  return at === last ? undefined : at + 1;
}

/** Back from its end, a quote within a string stands behind a backslash, and the one that opens it does not. */
function startOfString(bytes: Uint8Array, close: number): number | undefined {
  for (let at = close - 1; at > 0; at -= 1) {
    if (bytes[at] === quote && bytes[at - 1] !== backslash) return at;
  }
  // A quote that is the first byte may be escaped by a backslash before it.
  return undefined;
}
