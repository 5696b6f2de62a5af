/**
 * The rules by which a parsed JSON value is a message of the protocol, and which kind. The one definition of them: the scan
 * only ever agrees with it. Knows no bytes but the place of the id.
 */
import type { Envelope, RequestId } from './envelope.ts';
import type { FaultKind, ReadFault } from './faults.ts';

export interface IdPlace {
  /** Byte range of the id's JSON token; both `-1` when the message has no member `id`. */
  readonly idStart: number;
  readonly idEnd: number;
  /** The token's text where it is a string or a number. */
  readonly idToken: string | undefined;
}

export interface DeriveLimits {
  /** Longest id, method, progress token and revision that is kept; an id is measured as its token without quotes. */
  readonly idBytesMax: number;
}

const claimKey = 'io.modelcontextprotocol/protocolVersion';

type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member that the message itself has: `__proto__` and `constructor` on the wire are keys like any other. */
export function ownMember(object: unknown, key: string): unknown {
  return isJsonObject(object) && Object.hasOwn(object, key) ? object[key] : undefined;
}

/** A string or safe integer as the protocol allows for ids and progress tokens, else `undefined`. Zero is never negative. */
function identifierOf(value: unknown): RequestId | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' && Number.isSafeInteger(value) ? value + 0 : undefined;
}

function isLongText(value: unknown, limits: DeriveLimits): boolean {
  return typeof value === 'string' && value.length > limits.idBytesMax;
}

/**
 * The envelope of a parsed message, or what is wrong with it.
 *
 * - request: a string `method` and an `id`; notification: a string `method` without `id`; response: exactly one of
 *   `result` and `error`, and no `method` (JSON-RPC 2.0, sections 4 and 5).
 * - `id` is a string or a safe integer, never `null` (2025-11-25, basic). Only an error response may go without.
 */
export function deriveEnvelope(message: unknown, place: IdPlace, limits: DeriveLimits): Envelope | ReadFault {
  if (!isJsonObject(message)) return unreadable('not-an-object', 'A message is one JSON object.');
  const has = (key: string): boolean => Object.hasOwn(message, key);
  const method = ownMember(message, 'method');
  const hasId = has('id');
  const isAnswer = !has('method') && (has('result') || has('error'));
  const isNotification = typeof method === 'string' && !hasId;
  const bad = (fault: FaultKind, reason: string): ReadFault => ({
    fault,
    reason,
    expectsAnswer: !isAnswer && !isNotification,
    isAnswer,
    idToken: place.idToken,
  });

  if (idTextLength(place) > limits.idBytesMax) {
    return bad('id-too-long', `The id is longer than ${limits.idBytesMax} bytes.`);
  }
  const version = ownMember(message, 'jsonrpc');
  if (version === undefined) return bad('invalid-message', 'The member jsonrpc is missing.');
  if (version !== '2.0') return bad('invalid-message', 'The member jsonrpc is not "2.0".');
  const id = identifierOf(ownMember(message, 'id'));

  if (!has('method')) {
    if (!isAnswer) return bad('invalid-message', 'The message has neither method nor result nor error.');
    if (has('result') && has('error')) return bad('invalid-message', 'The response has both result and error.');
    const isUnnamed = ownMember(message, 'id') === undefined || ownMember(message, 'id') === null;
    if (isUnnamed && has('result')) return bad('invalid-message', 'The response has a result but no id.');
    if (!isUnnamed && id === undefined) return bad('invalid-id', 'The id is neither a string nor a safe integer.');
    return envelopeOf('response', '', id, place, { isError: has('error') });
  }

  if (typeof method !== 'string') return bad('invalid-message', 'The member method is not a string.');
  if (hasId && id === undefined) return bad('invalid-id', 'The id is neither a string nor a safe integer.');
  const params = ownMember(message, 'params');
  const meta = ownMember(params, '_meta');
  const progressToken = hasId
    ? ownMember(meta, 'progressToken')
    : method === 'notifications/progress'
      ? ownMember(params, 'progressToken')
      : undefined;
  const cancels = !hasId && method === 'notifications/cancelled' ? ownMember(params, 'requestId') : undefined;
  const claim = ownMember(meta, claimKey);
  if (isLongText(method, limits) || isLongText(progressToken, limits) || isLongText(cancels, limits)) {
    return bad('invalid-message', `The method or a token is longer than ${limits.idBytesMax} bytes.`);
  }
  if (isLongText(claim, limits)) {
    return bad('invalid-message', `The protocol version is longer than ${limits.idBytesMax} bytes.`);
  }
  return envelopeOf(hasId ? 'request' : 'notification', method, id, place, {
    progressToken: identifierOf(progressToken),
    cancels: identifierOf(cancels),
    // A claim that is no string is a claim all the same; the server says what is wrong with it.
    revisionClaim: claim === undefined || typeof claim === 'string' ? claim : '',
    asksTask: hasId && isJsonObject(params) && Object.hasOwn(params, 'task'),
  });
}

/** A fault of bytes that do not tell whether somebody waits for an answer: then somebody may. */
export function unreadable(fault: FaultKind, reason: string): ReadFault {
  return { fault, reason, expectsAnswer: true, isAnswer: false, idToken: undefined };
}

function idTextLength(place: IdPlace): number {
  const quotes = place.idToken?.startsWith('"') === true ? 2 : 0;
  return place.idEnd - place.idStart - quotes;
}

function envelopeOf(
  kind: Envelope['kind'],
  method: string,
  id: RequestId | undefined,
  place: IdPlace,
  rest: Partial<Envelope>,
): Envelope {
  return {
    kind,
    method,
    id,
    idStart: id === undefined ? -1 : place.idStart,
    idEnd: id === undefined ? -1 : place.idEnd,
    isError: rest.isError ?? false,
    progressToken: rest.progressToken,
    cancels: rest.cancels,
    revisionClaim: rest.revisionClaim,
    asksTask: rest.asksTask ?? false,
  };
}
