/**
 * What a condition sees of one frame and its session. Everything is read when it is asked for: the message is parsed for
 * conditions that look into it, and for no other.
 */

import type { Claims, InterceptContext, JsonObject, SessionMetadata } from '../session/interception.ts';
import { longestIn } from './work.ts';

/** `frame` in a condition. */
export class FrameView {
  readonly #context: InterceptContext;
  readonly #changed: JsonObject | undefined;
  #longest: number | undefined;

  /** @param changed the message as earlier rules have made it. */
  constructor(context: InterceptContext, changed?: JsonObject) {
    this.#context = context;
    this.#changed = changed;
  }

  get kind(): string {
    return this.#context.kind;
  }
  get direction(): string {
    return this.#context.direction;
  }
  get method(): string {
    return this.#changed === undefined ? this.#context.method : textOr(this.#changed['method']);
  }
  get name(): string {
    if (this.#changed === undefined) return this.#context.name;
    const { params } = this.#changed;
    return isObject(params) ? textOr(params['name']) : '';
  }
  /** As a condition counts: whole numbers are `int`. */
  get bytes(): bigint {
    return BigInt(this.#context.bytes);
  }
  get size(): number {
    return this.#context.bytes;
  }
  get id(): unknown {
    return this.message['id'] ?? null;
  }
  get params(): unknown {
    return this.message['params'];
  }
  get result(): unknown {
    return this.message['result'];
  }
  get error(): unknown {
    return this.message['error'];
  }
  get message(): JsonObject {
    return this.#changed ?? this.#context.message;
  }

  /** Entries of the longest list or map in the message: what one loop over a part of it costs at most. */
  get longest(): number {
    this.#longest ??= longestIn(this.message);
    return this.#longest;
  }
}

/** `meta` in a condition: names of S8, and empty texts for what is not known. */
export class MetaView {
  readonly #metadata: SessionMetadata;
  #tags: string[] | undefined;

  constructor(metadata: SessionMetadata) {
    this.#metadata = metadata;
  }
  get frame_count(): bigint {
    return BigInt(this.#metadata.frame_count);
  }
  get session_duration_ms(): bigint {
    return BigInt(this.#metadata.session_duration_ms);
  }
  get pending_count(): bigint {
    return BigInt(this.#metadata.pending_count);
  }
  get session_tags(): string[] {
    this.#tags ??= [...this.#metadata.session_tags];
    return this.#tags;
  }
  get session_state(): string {
    return this.#metadata.session_state;
  }
  get protocol_version(): string {
    return this.#metadata.protocol_version ?? '';
  }
  get client_name(): string {
    return this.#metadata.client_name ?? '';
  }
  get server_name(): string {
    return this.#metadata.server_name ?? '';
  }
  get principal(): string {
    return this.#metadata.principal ?? '';
  }
  get route(): string {
    return this.#metadata.route ?? '';
  }
}

/** The names of `Scene.amounts`, in their order. */
export const amountNames = [
  'frame.bytes',
  'meta.frame_count',
  'meta.session_duration_ms',
  'meta.pending_count',
] as const;

/** `http` in a condition. */
export class HttpView {
  readonly #context: InterceptContext;

  constructor(context: InterceptContext) {
    this.#context = context;
  }
  header(name: string): string {
    return this.#context.header(name.toLowerCase()) ?? '';
  }
}

/** `auth` in a condition. */
export class AuthView {
  readonly #context: InterceptContext;

  constructor(context: InterceptContext) {
    this.#context = context;
  }
  get principal(): string {
    return this.#context.metadata.principal ?? '';
  }
  get claims(): Claims {
    return this.#context.claims;
  }
}

/** All of it: the names that a condition may use. */
export class Scene {
  readonly context: InterceptContext;
  readonly frame: FrameView;
  /** What conditions compare with numbers, in the order of `amountNames`: read once, and asked for by every rule. */
  readonly amounts: readonly number[];
  #meta: MetaView | undefined;

  constructor(context: InterceptContext, changed?: JsonObject) {
    this.context = context;
    this.frame = new FrameView(context, changed);
    const { frame_count, session_duration_ms, pending_count } = context.metadata;
    this.amounts = [context.bytes, frame_count, session_duration_ms, pending_count];
  }
  get meta(): MetaView {
    this.#meta ??= new MetaView(this.context.metadata);
    return this.#meta;
  }
  get http(): HttpView {
    return new HttpView(this.context);
  }
  get auth(): AuthView {
    return new AuthView(this.context);
  }
  /** Entries of the longest list or map that a condition can loop over. */
  get longest(): number {
    return Math.max(this.frame.longest, longestIn(this.context.claims));
  }
  get now(): Date {
    return new Date(this.context.timestamp);
  }
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const textOr = (value: unknown): string => (typeof value === 'string' ? value : '');
