/**
 * Reads the envelope of one JSON-RPC message in a single pass over its bytes, without building its body; answers
 * `undefined` whenever it is not certain, and then `readMessage` asks JSON.parse. It never decides that a message is bad.
 *
 * What it accepts is one object with balanced and correctly paired brackets, closed strings, and nothing but white space
 * around it; members alternate correctly at the three levels it looks into (message, `params`, `params._meta`).
 *
 * Not validated, because the bytes are forwarded as they came and the receiver parses them:
 * - inside values it passes over: commas and colons, the grammar of numbers, the spelling of `true`, `false` and `null`,
 *   the type of object keys;
 * - inside strings it passes over: escapes and raw control characters (a raw line feed among them);
 * - UTF-8, which `readMessage` checks for the message as a whole.
 */
import type { Envelope, RequestId } from './envelope.ts';
import { internedAt } from './interned.ts';
import {
  closeBrace,
  colon,
  comma,
  endOfPaired,
  endOfPlainString,
  endOfScalar,
  endOfString,
  nowhere,
  openBrace,
  openBracket,
  quote,
  skipSpace,
  standsAt,
} from './json-text.ts';
import { mayBeLookAlike, originals } from './look-alikes.ts';
import { decodeSlice, encodeText } from './text.ts';

const minus = 0x2d;
const zero = 0x30;
const nine = 0x39;

/** Any integer of so many digits is a safe one. */
const digitsMax = 15;

/** The levels whose members are looked at, counted as nesting depth. */
const inMessage = 1;
const inParams = 2;
const inMeta = 3;

/** Which members were met; each at most once, or the scan is not certain which one counts. */
const sawVersion = 1;
const sawId = 2;
const sawMethod = 4;
const sawParams = 8;
const sawResult = 16;
const sawError = 32;
const sawMeta = 64;
const sawTask = 128;
const sawParamsToken = 256;
const sawRequestId = 512;
const sawMetaToken = 1024;
const sawClaim = 2048;
/** What rules judge by. Nothing of it is read here: a key that is known needs no second look at its case. */
const sawName = 4096;
const sawUri = 8192;
const sawArguments = 16384;

const versionText = encodeText('"2.0"');

interface Key {
  readonly member: number;
  /** The key's bytes with its closing quote, so that a longer key is not taken for it. */
  readonly bytes: Uint8Array;
}

/** The keys that are looked at on one level, by their first byte, in which they all differ. */
type Keys = readonly (Key | undefined)[];

function keysOf(names: readonly (readonly [name: string, member: number])[]): Keys {
  const keys = Array.from<Key | undefined>({ length: 256 }).fill(undefined);
  for (const [name, member] of names) keys[name.charCodeAt(0)] = { member, bytes: encodeText(`${name}"`) };
  return keys;
}

const messageKeys = keysOf([
  ['jsonrpc', sawVersion],
  ['id', sawId],
  ['method', sawMethod],
  ['params', sawParams],
  ['result', sawResult],
  ['error', sawError],
]);
const paramsKeys = keysOf([
  ['_meta', sawMeta],
  ['task', sawTask],
  ['progressToken', sawParamsToken],
  ['requestId', sawRequestId],
  ['name', sawName],
  ['uri', sawUri],
  ['arguments', sawArguments],
]);
const metaKeys = keysOf([
  ['progressToken', sawMetaToken],
  ['io.modelcontextprotocol/protocolVersion', sawClaim],
]);

/** The one scan that is under way: a scan never waits, so one record serves all and none is allocated. */
const scan = {
  seen: 0,
  depthMax: 0,
  textBytesMax: 0,
  idStart: -1,
  idEnd: -1,
  methodStart: -1,
  methodEnd: -1,
  paramsTokenStart: -1,
  paramsTokenEnd: -1,
  requestIdStart: -1,
  requestIdEnd: -1,
  metaTokenStart: -1,
  metaTokenEnd: -1,
  claimStart: -1,
  claimEnd: -1,
};

/**
 * The end of an integer that any JSON reader takes for the same number. Of any other number it is the end of what looks like
 * one, behind which nothing can stand that the scan would take.
 */
function endOfInteger(bytes: Uint8Array, start: number): number {
  const first = bytes[start] === minus ? start + 1 : start;
  let at = first;
  for (;;) {
    const byte = bytes[at];
    if (byte === undefined || byte < zero || byte > nine) break;
    at += 1;
  }
  const digits = at - first;
  if (digits === 0 || digits > digitsMax) return nowhere;
  return bytes[first] === zero && digits > 1 ? nowhere : at;
}

function endOfAny(bytes: Uint8Array, start: number, depth: number): number {
  const byte = bytes[start];
  if (byte === quote) {
    const end = endOfString(bytes, start + 1);
    return end === nowhere ? nowhere : end + 1;
  }
  if (byte === openBrace || byte === openBracket) return endOfPaired(bytes, start, scan.depthMax - depth);
  return endOfScalar(bytes, start);
}

/** Past the string or integer at `start`, when it can be an id or a token; uncertain about anything else. */
function endOfToken(bytes: Uint8Array, start: number): number {
  if (bytes[start] !== quote) {
    const end = endOfInteger(bytes, start);
    return end - start > scan.textBytesMax ? nowhere : end;
  }
  const end = endOfPlainString(bytes, start + 1);
  return end === nowhere || end - start - 1 > scan.textBytesMax ? nowhere : end + 1;
}

/** The key that begins at `start`, behind its quote, when it is one of `keys`. */
function keyAt(bytes: Uint8Array, start: number, keys: Keys): Key | undefined {
  const key = keys[bytes[start] ?? 0];
  return key !== undefined && standsAt(bytes, start, key.bytes) ? key : undefined;
}

/** Past the value at `at` of a member that is looked at. */
function endOfMember(bytes: Uint8Array, at: number, member: number, depth: number): number {
  if ((scan.seen & member) !== 0) return nowhere;
  scan.seen |= member;
  switch (member) {
    case sawVersion:
      return standsAt(bytes, at, versionText) ? at + versionText.length : nowhere;
    case sawId:
      scan.idStart = at;
      scan.idEnd = endOfToken(bytes, at);
      return scan.idEnd;
    case sawMethod:
      if (bytes[at] !== quote) return nowhere;
      scan.methodStart = at;
      scan.methodEnd = endOfToken(bytes, at);
      return scan.methodEnd;
    case sawParams:
      return bytes[at] === openBrace ? endOfMembers(bytes, at, paramsKeys, inParams) : endOfAny(bytes, at, depth);
    case sawMeta:
      return bytes[at] === openBrace ? endOfMembers(bytes, at, metaKeys, inMeta) : endOfAny(bytes, at, depth);
    case sawParamsToken:
      scan.paramsTokenStart = at;
      scan.paramsTokenEnd = endOfToken(bytes, at);
      return scan.paramsTokenEnd;
    case sawRequestId:
      scan.requestIdStart = at;
      scan.requestIdEnd = endOfToken(bytes, at);
      return scan.requestIdEnd;
    case sawMetaToken:
      scan.metaTokenStart = at;
      scan.metaTokenEnd = endOfToken(bytes, at);
      return scan.metaTokenEnd;
    case sawClaim:
      if (bytes[at] !== quote) return nowhere;
      scan.claimStart = at;
      scan.claimEnd = endOfToken(bytes, at);
      return scan.claimEnd;
    default:
      return endOfAny(bytes, at, depth);
  }
}

/** Past the brace that closes the object at `start`, having looked at its members. */
function endOfMembers(bytes: Uint8Array, start: number, keys: Keys, depth: number): number {
  if (depth > scan.depthMax) return nowhere;
  let at = skipSpace(bytes, start + 1);
  if (bytes[at] === closeBrace) return at + 1;
  for (;;) {
    if (bytes[at] !== quote) return nowhere;
    const known = keyAt(bytes, at + 1, keys);
    if (known === undefined) {
      const close = endOfPlainString(bytes, at + 1);
      if (close === nowhere || mayBeLookAlike(bytes, at + 1, close, originals[depth]!)) return nowhere;
      at = close + 1;
    } else {
      at += 1 + known.bytes.length;
    }
    at = skipSpace(bytes, at);
    if (bytes[at] !== colon) return nowhere;
    at = skipSpace(bytes, at + 1);
    at = known === undefined ? endOfAny(bytes, at, depth) : endOfMember(bytes, at, known.member, depth);
    if (at === nowhere) return nowhere;
    at = skipSpace(bytes, at);
    if (bytes[at] === closeBrace) return at + 1;
    if (bytes[at] !== comma) return nowhere;
    at = skipSpace(bytes, at + 1);
  }
}

/** The value of a string or integer token that `endOfToken` accepted. */
function tokenValue(bytes: Uint8Array, start: number, end: number): RequestId {
  if (bytes[start] === quote) return decodeSlice(bytes, start + 1, end - 1);
  const isNegative = bytes[start] === minus;
  let value = 0;
  for (let at = isNegative ? start + 1 : start; at < end; at += 1) value = value * 10 + ((bytes[at] ?? 0) - zero);
  // Zero has one spelling as an id: -0 would not equal it everywhere.
  return isNegative && value !== 0 ? -value : value;
}

function wordAt(bytes: Uint8Array, start: number, end: number): string {
  return internedAt(bytes, start, end) ?? decodeSlice(bytes, start, end);
}

function responseEnvelope(bytes: Uint8Array, seen: number): Envelope | undefined {
  const outcome = seen & (sawResult | sawError);
  if ((seen & sawId) === 0 || outcome === 0 || outcome === (sawResult | sawError)) return undefined;
  return {
    kind: 'response',
    method: '',
    id: tokenValue(bytes, scan.idStart, scan.idEnd),
    idStart: scan.idStart,
    idEnd: scan.idEnd,
    isError: outcome === sawError,
    progressToken: undefined,
    cancels: undefined,
    revisionClaim: undefined,
    asksTask: false,
  };
}

function callEnvelope(bytes: Uint8Array, seen: number): Envelope {
  const method = wordAt(bytes, scan.methodStart + 1, scan.methodEnd - 1);
  const isRequest = (seen & sawId) !== 0;
  let progressToken: RequestId | undefined;
  let cancels: RequestId | undefined;
  if (isRequest) {
    if ((seen & sawMetaToken) !== 0) progressToken = tokenValue(bytes, scan.metaTokenStart, scan.metaTokenEnd);
  } else if (method === 'notifications/progress') {
    if ((seen & sawParamsToken) !== 0) progressToken = tokenValue(bytes, scan.paramsTokenStart, scan.paramsTokenEnd);
  } else if (method === 'notifications/cancelled' && (seen & sawRequestId) !== 0) {
    cancels = tokenValue(bytes, scan.requestIdStart, scan.requestIdEnd);
  }
  return {
    kind: isRequest ? 'request' : 'notification',
    method,
    id: isRequest ? tokenValue(bytes, scan.idStart, scan.idEnd) : undefined,
    idStart: isRequest ? scan.idStart : -1,
    idEnd: isRequest ? scan.idEnd : -1,
    isError: false,
    progressToken,
    cancels,
    revisionClaim: (seen & sawClaim) === 0 ? undefined : wordAt(bytes, scan.claimStart + 1, scan.claimEnd - 1),
    asksTask: isRequest && (seen & sawTask) !== 0,
  };
}

/** How far the scan of a message goes. */
export interface ScanLimits {
  /** Longest id, method or token that is read here. */
  readonly idBytesMax: number;
  readonly depthMax: number;
}

export const defaultScanLimits: ScanLimits = { idBytesMax: 4096, depthMax: 512 };

/**
 * The envelope of the message in `bytes`, or `undefined` when only a full parse can tell (an escape in a key or in a
 * string that has to be read, a key that occurs twice or in another case, an id that is no plain integer or string, and every fault).
 */
export function scanMessage(bytes: Uint8Array, limits: ScanLimits = defaultScanLimits): Envelope | undefined {
  scan.seen = 0;
  scan.depthMax = limits.depthMax;
  scan.textBytesMax = limits.idBytesMax;
  const start = skipSpace(bytes, 0);
  if (bytes[start] !== openBrace) return undefined;
  const end = endOfMembers(bytes, start, messageKeys, inMessage);
  if (end === nowhere || (end < bytes.length && skipSpace(bytes, end) !== bytes.length)) return undefined;
  const { seen } = scan;
  if ((seen & sawVersion) === 0) return undefined;
  return (seen & sawMethod) === 0 ? responseEnvelope(bytes, seen) : callEnvelope(bytes, seen);
}
