/**
 * From bytes to frames or faults: the scan where it is certain, JSON.parse where it is not. Never throws, whatever the
 * bytes are. Knows nothing of sessions, and forwards nothing.
 */
import { isBatch, splitBatch } from './batch.ts';
import { deriveEnvelope, isJsonObject, unreadable } from './derive.ts';
import type { DeriveLimits, IdPlace } from './derive.ts';
import type { Envelope, Frame } from './envelope.ts';
import { isFault } from './faults.ts';
import type { FaultKind, ReadFault } from './faults.ts';
import { isDeeperThan } from './json-text.ts';
import { findLookAlike } from './look-alikes.ts';
import { echoableToken, findMembers, repeatedMember } from './members.ts';
import { defaultScanLimits, scanMessage } from './scan.ts';
import type { ScanLimits } from './scan.ts';
import { decodeText, isValidUtf8 } from './text.ts';

export { isBatch };

/** How large and how deep a message may be to be read. */
export interface ReadLimits extends ScanLimits, DeriveLimits {
  /** Messages in one batch. */
  readonly batchItemsMax: number;
  /** The platform's own check, where it has a faster one than decoding the text (`isUtf8` of `node:buffer`). */
  readonly isUtf8?: (bytes: Uint8Array) => boolean;
}

/** The limits of a runtime that is told no others. */
export const defaultReadLimits: ReadLimits = { ...defaultScanLimits, batchItemsMax: 100 };

/** Reads one message. `bytes` becomes the frame's `bytes` and must not change afterwards. */
export function readMessage(bytes: Uint8Array, limits: ReadLimits = defaultReadLimits): Frame | ReadFault {
  const isUtf8 = limits.isUtf8 ?? isValidUtf8;
  const scanned = scanMessage(bytes, limits);
  if (scanned !== undefined && isUtf8(bytes)) return { bytes, envelope: scanned };
  const envelope = scanned ?? parseMessage(bytes, limits);
  if (isFault(envelope)) return envelope;
  return isUtf8(bytes) ? { bytes, envelope } : invalidUtf8(bytes, envelope, isUtf8);
}

/**
 * Reads one message, or the members of a batch. Members are frames over parts of `bytes`; each member can be a fault of its
 * own, and an array that is no JSON, is empty or has too many members is one fault.
 */
export function readMessages(
  bytes: Uint8Array,
  limits: ReadLimits = defaultReadLimits,
): readonly (Frame | ReadFault)[] {
  if (!isBatch(bytes)) return [readMessage(bytes, limits)];
  const items = splitBatch(bytes, limits.batchItemsMax);
  if (items === undefined) return [notJson()];
  if (items.length === 0) return [unreadable('empty-batch', 'The batch has no messages.')];
  if (items.length > limits.batchItemsMax) {
    return [unreadable('batch-too-large', `The batch has more than ${limits.batchItemsMax} messages.`)];
  }
  const read = items.map((item) => readMessage(item, limits));
  return read.some((item) => isFault(item) && item.fault === 'not-json') ? [notJson()] : read;
}

function notJson(): ReadFault {
  return unreadable('not-json', 'The text is not JSON.');
}

/** What only a full parse can tell: all faults, and messages in a spelling that the scan leaves alone. */
function parseMessage(bytes: Uint8Array, limits: ReadLimits): Envelope | ReadFault {
  if (isDeeperThan(bytes, limits.depthMax)) {
    return guessedFault(bytes, 'too-deep', `The message nests deeper than ${limits.depthMax} levels.`);
  }
  let message: unknown;
  try {
    message = JSON.parse(decodeText(bytes));
  } catch {
    return notJson();
  }
  const twice = repeatedMember(bytes);
  if (twice !== undefined) {
    const fault = guessedFault(bytes, 'invalid-message', `The member ${twice} stands there twice.`);
    // Neither of two ids is known to be the one that its sender waits for. Who waits for an answer is not left to wait.
    return twice === 'id' && !fault.isAnswer ? { ...fault, idToken: undefined } : fault;
  }
  const alike = findLookAlike(bytes, isJsonObject(message) ? message['method'] : undefined);
  if (alike !== undefined) {
    const reason = `The member ${alike.key} differs from ${alike.original} by its case alone.`;
    return guessedFault(bytes, 'invalid-message', reason);
  }
  return deriveEnvelope(message, placeOfId(bytes), limits);
}

function placeOfId(bytes: Uint8Array): IdPlace {
  const { idStart, idEnd } = findMembers(bytes);
  return { idStart, idEnd, idToken: echoableToken(bytes, idStart, idEnd) };
}

/** A fault of a message that is not going to be parsed: what it is and whose is told by its members alone. */
function guessedFault(bytes: Uint8Array, fault: FaultKind, reason: string): ReadFault {
  const { idStart, idEnd, hasMethod, isAnswer } = findMembers(bytes);
  const isNotification = hasMethod && idStart === -1;
  return {
    fault,
    reason,
    expectsAnswer: !isAnswer && !isNotification,
    isAnswer,
    idToken: echoableToken(bytes, idStart, idEnd),
  };
}

function invalidUtf8(bytes: Uint8Array, envelope: Envelope, isUtf8: (bytes: Uint8Array) => boolean): ReadFault {
  const { kind, idStart, idEnd } = envelope;
  // Decoding would have changed an id that is itself invalid, and an echo that differs answers nobody.
  const isEchoable = isUtf8(bytes.subarray(idStart, idEnd));
  return {
    fault: 'invalid-utf8',
    reason: 'The message is not valid UTF-8.',
    expectsAnswer: kind === 'request',
    isAnswer: kind === 'response',
    idToken: isEchoable ? echoableToken(bytes, idStart, idEnd) : undefined,
  };
}
