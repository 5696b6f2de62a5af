/** What an interceptor is shown of one frame and its session. What costs something to find out is found out when it is asked for. */

import type { Clock } from '../ports.ts';
import { isJsonObject } from '../protocol/derive.ts';
import type { Direction, Frame, FrameKind } from '../protocol/envelope.ts';
import { memberPath, textOfMember } from '../protocol/member-path.ts';
import { decodeText } from '../protocol/text.ts';
import type { Claims, InterceptContext, JsonObject, SessionMetadata, TransportType } from '../session/interception.ts';
import { metadataOf } from '../session/metadata.ts';
import type { Via } from '../session/pending.ts';
import type { SessionRecord } from '../session/record.ts';

/** What stays the same of a frame on its way through the chain, whatever it is changed into. */
export interface Passage {
  readonly record: SessionRecord;
  readonly direction: Direction;
  readonly frameId: number;
  readonly via: Via | undefined;
  readonly clock: Clock;
}

const noClaims: Claims = Object.freeze({});

const namePath = memberPath('params', 'name');

/** What one interceptor sees. The message is parsed when it is first read. */
export class FrameContext implements InterceptContext {
  readonly direction: Direction;
  readonly frameId: number;
  readMessage: JsonObject | undefined = undefined;
  readonly #passage: Passage;
  readonly #frame: Frame;
  #name: string | undefined;
  #timestamp: number | undefined;

  constructor(passage: Passage, frame: Frame) {
    this.#passage = passage;
    this.#frame = frame;
    this.direction = passage.direction;
    this.frameId = passage.frameId;
  }

  get kind(): FrameKind {
    return this.#frame.envelope.kind;
  }
  get method(): string {
    return this.#frame.envelope.method;
  }
  get name(): string {
    this.#name ??= this.#readName();
    return this.#name;
  }
  get timestamp(): number {
    this.#timestamp ??= this.#passage.clock.wallTime();
    return this.#timestamp;
  }
  get bytes(): number {
    return this.#frame.bytes.length;
  }
  get message(): JsonObject {
    this.readMessage ??= JSON.parse(decodeText(this.#frame.bytes)) as JsonObject;
    return this.readMessage;
  }
  get sessionId(): string {
    return this.#passage.record.id;
  }
  get transportType(): TransportType {
    return this.#passage.record.transportType;
  }
  get metadata(): SessionMetadata {
    return metadataOf(this.#passage.record, () => this.#passage.clock.now());
  }
  get claims(): Claims {
    return this.#passage.via?.exchange?.claims ?? this.#passage.record.claims ?? noClaims;
  }
  header(name: string): string | undefined {
    return this.#passage.via?.exchange?.header(name);
  }

  /** What is said twice is read as a whole, and goes on as it was read. */
  #readName(): string {
    const name = this.readMessage === undefined ? textOfMember(this.#frame.bytes, namePath) : null;
    if (name !== null) return name ?? '';
    const { params } = this.message;
    const read = isJsonObject(params) ? params['name'] : undefined;
    return typeof read === 'string' ? read : '';
  }
}
