/**
 * Messages that their transport hands over as values. Their envelope comes from the value; their bytes are written when
 * somebody asks for them, which most often nobody does. Never throws, whatever the value is.
 */
import { type DeriveLimits, deriveEnvelope, isJsonObject, ownMember } from './derive.ts';
import { encodeText } from './text.ts';
import type { Envelope, Frame } from './envelope.ts';
import { type FaultKind, type ReadFault, isFault } from './faults.ts';
import { findMembers } from './members.ts';
import { bytesPerCharacterMax, sizeOfValue, unsized } from './value-size.ts';

export interface ReadValueLimits extends DeriveLimits {
  readonly depthMax: number;
}

/**
 * Up to so many bytes, taken at their most, a message counts as long as it looks. No limit and no tag turns on less. One
 * that may be longer is written, and its length is the length of its bytes.
 */
const estimatedBytesMax = 384 * 1024;

/** What makes a value another message than its members say: JSON leaves out what is undefined. */
const tellingMembers = ['id', 'method', 'result', 'error'] as const;

class ValueFrame implements Frame {
  readonly envelope: Envelope;
  readonly value: object;
  readonly aside: unknown;
  readonly #estimate: number;
  #bytes: Uint8Array | undefined = undefined;

  constructor(value: object, envelope: Envelope, aside: unknown, estimate: number) {
    this.value = value;
    this.envelope = envelope;
    this.aside = aside;
    this.#estimate = estimate;
  }

  get size(): number {
    return this.#bytes === undefined ? this.#estimate : this.#bytes.length;
  }

  get bytes(): Uint8Array {
    return this.#bytes ?? this.#write();
  }

  #write(): Uint8Array {
    const bytes = encodeText(JSON.stringify(this.value));
    this.#bytes = bytes;
    // Where the id stands is known from now on; whoever asks for it has asked for the bytes before.
    if (this.envelope.id !== undefined) {
      const { idStart, idEnd } = findMembers(bytes);
      Object.assign(this.envelope, { idStart, idEnd });
    }
    return bytes;
  }
}

/**
 * Reads a message that is a value. It goes on as it is, so it must not change afterwards; where it is not what JSON would
 * make of it, what JSON makes of it goes on instead.
 * @param aside what its transport says along with it; kept with the frame, and looked at by nobody else.
 */
export function readValue(
  value: unknown,
  aside: unknown,
  limits: ReadValueLimits,
  frameBytesMax: number,
): Frame | ReadFault {
  try {
    const size = isMisleading(value) ? unsized.notPlain : sizeOfValue(value, limits.depthMax, frameBytesMax);
    if (size !== unsized.notPlain) return readSized(value, size, aside, limits, frameBytesMax);
    const written = plain(value);
    return readSized(written, sizeOfValue(written, limits.depthMax, frameBytesMax), aside, limits, frameBytesMax);
  } catch {
    // A value of somebody's own making: it throws when it is looked at, or cannot be written.
    return faultOf(value, 'not-json', 'The message cannot be written as JSON.', limits);
  }
}

function readSized(
  value: unknown,
  size: number,
  aside: unknown,
  limits: ReadValueLimits,
  frameBytesMax: number,
): Frame | ReadFault {
  if (size === unsized.tooDeep) {
    return faultOf(value, 'too-deep', `The message nests deeper than ${limits.depthMax} levels.`, limits);
  }
  if (size === unsized.tooLarge) return tooLarge(value, limits);
  const envelope = envelopeOf(value, limits);
  if (isFault(envelope)) return envelope;
  // The envelope says so too.
  if (!isJsonObject(value)) throw new TypeError('A message is one JSON object');
  const frame = new ValueFrame(value, envelope, aside, size);
  if (size * bytesPerCharacterMax <= Math.min(frameBytesMax, estimatedBytesMax)) return frame;
  return frame.bytes.length > frameBytesMax ? tooLarge(value, limits) : frame;
}

function tooLarge(value: unknown, limits: ReadValueLimits): ReadFault {
  return faultOf(value, 'frame-too-large', `The message is larger than the limit.`, limits);
}

/** What JSON makes of it. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value) ?? 'null');
}

function isMisleading(value: unknown): boolean {
  if (!isJsonObject(value)) return false;
  for (const name of tellingMembers) if (value[name] === undefined && Object.hasOwn(value, name)) return true;
  const { params } = value;
  return isJsonObject(params) && params['task'] === undefined && Object.hasOwn(params, 'task');
}

const nowhere = { idStart: -1, idEnd: -1, idToken: undefined } as const;

function envelopeOf(value: unknown, limits: ReadValueLimits): Envelope | ReadFault {
  const id = ownMember(value, 'id');
  if (typeof id === 'string' && id.length * bytesPerCharacterMax > limits.idBytesMax) {
    const idToken = JSON.stringify(id);
    const idEnd = encodeText(idToken).length;
    const envelope = deriveEnvelope(value, { idStart: 0, idEnd, idToken }, limits);
    return isFault(envelope) ? envelope : { ...envelope, idStart: -1, idEnd: -1 };
  }
  const envelope = deriveEnvelope(value, nowhere, limits);
  return isFault(envelope) ? { ...envelope, idToken: echoable(id, limits) } : envelope;
}

/** The id as JSON text, where an answer may repeat it. */
function echoable(id: unknown, limits: ReadValueLimits): string | undefined {
  if (typeof id === 'number') return Number.isFinite(id) ? JSON.stringify(id) : undefined;
  return typeof id === 'string' && id.length * bytesPerCharacterMax <= limits.idBytesMax
    ? JSON.stringify(id)
    : undefined;
}

/** A fault of a message whose members tell whose it is. */
function faultOf(value: unknown, fault: FaultKind, reason: string, limits: ReadValueLimits): ReadFault {
  let envelope: Envelope | ReadFault;
  try {
    envelope = envelopeOf(value, limits);
  } catch {
    return { fault, reason, expectsAnswer: true, isAnswer: false, idToken: undefined };
  }
  if (isFault(envelope)) return { ...envelope, fault, reason };
  const { kind, id } = envelope;
  return {
    fault,
    reason,
    expectsAnswer: kind === 'request',
    isAnswer: kind === 'response',
    idToken: echoable(id, limits),
  };
}
