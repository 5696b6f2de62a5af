/**
 * Puts other ids into a frame, in every member that names a request (id, progress token, cancelled request, subscription),
 * and leaves every other byte as it came. Decides where ids stand, not which ids they become.
 */
import { idTokenOf } from './encode.ts';
import type { Envelope, Frame, RequestId } from './envelope.ts';
import { spliceId } from './ids.ts';
import { backslash, standsAt } from './json-text.ts';
import { memberPath, placeOfMember } from './member-path.ts';
import type { MemberPath, ValuePlace } from './member-path.ts';
import { decodeSlice, encodeText } from './text.ts';

/** What each member becomes; one that is not named stays. */
export interface IdChanges {
  /** The message's `id`. */
  readonly id?: RequestId | undefined;
  /** `params._meta.progressToken` of a request, `params.progressToken` of `notifications/progress`. */
  readonly progressToken?: RequestId | undefined;
  /** `params.requestId` of `notifications/cancelled`. */
  readonly cancels?: RequestId | undefined;
  /** `_meta["io.modelcontextprotocol/subscriptionId"]` in the `params` of a notification or in a `result`. */
  readonly subscriptionId?: RequestId | undefined;
}

interface Replacement extends ValuePlace {
  readonly by: RequestId;
}

const subscriptionKey = 'io.modelcontextprotocol/subscriptionId';
const metaTokenPath = memberPath('params', '_meta', 'progressToken');
const paramsTokenPath = memberPath('params', 'progressToken');
const requestIdPath = memberPath('params', 'requestId');
const paramsSubscriptionPath = memberPath('params', '_meta', subscriptionKey);
const resultSubscriptionPath = memberPath('result', '_meta', subscriptionKey);

/** The part of the key in which no character has a short escape: `/` may be written `\/`. */
const subscriptionWord = encodeText('subscriptionId');
/** The byte of the word that is the rarest in other text. */
const rareByte = 0x49;
const rareByteAt = subscriptionWord.indexOf(rareByte);
const letterU = 0x75;
/** So often a byte may be met in vain before the walk to the member costs less than looking on. */
const meetingsMax = 8;

/** Up to this length a loop is faster than a call of the platform's encoder. */
const shortTokenMax = 32;

/**
 * The frame's bytes under other ids, as slices in order; what is not changed is parts of `frame.bytes`. A member that is
 * absent, or is no id, stays as it is. Right for every frame that was read, however it is spelled, and never throws.
 */
export function rewriteFrame(frame: Frame, changes: IdChanges): readonly Uint8Array[] {
  const { bytes, envelope } = frame;
  const { id, progressToken, cancels, subscriptionId } = changes;
  const replacements: Replacement[] = [];
  if (progressToken !== undefined && envelope.progressToken !== undefined) {
    const path = envelope.kind === 'request' ? metaTokenPath : paramsTokenPath;
    note(replacements, placeOfMember(bytes, path), progressToken);
  }
  if (cancels !== undefined && envelope.cancels !== undefined) {
    note(replacements, placeOfMember(bytes, requestIdPath), cancels);
  }
  if (subscriptionId !== undefined) {
    const place = placeOfSubscription(frame);
    if (place !== undefined && idAt(bytes, place) !== undefined) note(replacements, place, subscriptionId);
  }
  if (id === undefined || envelope.idStart === -1) return replaced(bytes, replacements);
  if (replacements.length === 0) return spliceId(frame, tokenOf(id));
  note(replacements, { start: envelope.idStart, end: envelope.idEnd }, id);
  return replaced(bytes, replacements);
}

/** The subscription that a notification or a result belongs to (2026-07-28, subscriptions): the id of its listen request. */
export function subscriptionIdOf(frame: Frame): RequestId | undefined {
  const place = placeOfSubscription(frame);
  return place === undefined ? undefined : idAt(frame.bytes, place);
}

function placeOfSubscription({ bytes, envelope }: Frame): ValuePlace | undefined {
  const path = pathOfSubscription(envelope);
  return path === undefined || !mayNameSubscription(bytes) ? undefined : placeOfMember(bytes, path);
}

function pathOfSubscription({ kind, isError }: Envelope): MemberPath | undefined {
  if (kind === 'notification') return paramsSubscriptionPath;
  return kind === 'response' && !isError ? resultSubscriptionPath : undefined;
}

/**
 * False only when the key cannot be there: neither as it is spelled usually nor behind escapes that can spell any letter.
 */
function mayNameSubscription(bytes: Uint8Array): boolean {
  let meetings = 0;
  for (let at = bytes.indexOf(rareByte); at !== -1; at = bytes.indexOf(rareByte, at + 1)) {
    meetings += 1;
    if (meetings > meetingsMax || standsAt(bytes, at - rareByteAt, subscriptionWord)) return true;
  }
  meetings = 0;
  for (let at = bytes.indexOf(backslash); at !== -1; at = bytes.indexOf(backslash, at + 2)) {
    meetings += 1;
    if (meetings > meetingsMax || bytes[at + 1] === letterU) return true;
  }
  return false;
}

/** The string or safe integer that stands there; zero is never negative. */
function idAt(bytes: Uint8Array, { start, end }: ValuePlace): RequestId | undefined {
  try {
    const value: unknown = JSON.parse(decodeSlice(bytes, start, end));
    if (typeof value === 'string') return value;
    return typeof value === 'number' && Number.isSafeInteger(value) ? value + 0 : undefined;
  } catch {
    // Reading a message does not look into its result, which may be no JSON.
    return undefined;
  }
}

/** Adds a replacement where it belongs, by its place in the bytes. */
function note(replacements: Replacement[], place: ValuePlace | undefined, by: RequestId): void {
  if (place === undefined) return;
  let at = replacements.length;
  while (at > 0 && (replacements[at - 1]?.start ?? 0) > place.start) at -= 1;
  replacements.splice(at, 0, { start: place.start, end: place.end, by });
}

function replaced(bytes: Uint8Array, replacements: readonly Replacement[]): readonly Uint8Array[] {
  if (replacements.length === 0) return [bytes];
  const slices: Uint8Array[] = [];
  let from = 0;
  for (const { start, end, by } of replacements) {
    slices.push(bytes.subarray(from, start), tokenOf(by));
    from = end;
  }
  slices.push(bytes.subarray(from));
  return slices;
}

function tokenOf(id: RequestId): Uint8Array {
  const text = idTokenOf(id);
  if (text.length > shortTokenMax) return encodeText(text);
  const token = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= 0x80) return encodeText(text);
    token[at] = code;
  }
  return token;
}
