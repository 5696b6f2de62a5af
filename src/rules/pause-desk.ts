/**
 * The desk on which paused frames lie until a person decides about them: list, look, let go on, change, refuse. Bounded in
 * number, bytes and time; what finds no room, and what nobody decides about in time, is decided as its rule says. Knows
 * nothing of rules and sessions beyond their names.
 */

import type { Clock, TimerHandle } from '../ports.ts';
import type { Direction, FrameKind, RequestId } from '../protocol/envelope.ts';
import type { JsonObject } from '../session/interception.ts';

/** What happens to a frame that nobody decides about. */
export type DefaultDecision = 'resume' | 'block';

/** A frame that may lie on a desk. */
interface Pausable {
  readonly sessionId: string;
  /** The rule that paused it. */
  readonly rule: string;
  readonly direction: Direction;
  readonly kind: FrameKind;
  /** Empty for a response. */
  readonly method: string;
  /** Size of the frame as it came. */
  readonly bytes: number;
  readonly byDefault: DefaultDecision;
  readonly message: JsonObject;
}

/** A frame on the desk, as people see it. */
export interface PausedFrame extends Pausable {
  /** Of this frame on this desk; says nothing else. */
  readonly id: string;
  /** Milliseconds since the Unix epoch. */
  readonly pausedAt: number;
  /** When the default decision is taken, in milliseconds since the Unix epoch. */
  readonly decidesAt: number;
}

/** What was decided about a frame, by a person or by the clock. `modify`: the message goes on instead. */
export type PauseDecision =
  | { readonly decision: 'resume' }
  | { readonly decision: 'modify'; readonly message: JsonObject }
  | { readonly decision: 'block'; readonly code?: number; readonly message?: string };

/** `gone`: the frame ended otherwise, by its deadline, a cancellation or the end of its session. */
export type PauseEnd = PauseDecision['decision'] | 'default' | 'gone';

export type PauseNews =
  | { readonly type: 'paused'; readonly frame: PausedFrame }
  | { readonly type: 'decided'; readonly frame: PausedFrame; readonly end: PauseEnd };

export type PauseObserver = (news: PauseNews) => void;

/** What people do with paused frames. A decision says whether a frame of that id was waiting for one. */
export interface PauseDesk {
  list(): readonly PausedFrame[];
  get(id: string): PausedFrame | undefined;
  resume(id: string): boolean;
  /** @param message goes on in its place; it has to keep the kind and the id, or the frame is refused as failed. */
  modify(id: string, message: JsonObject): boolean;
  block(id: string, code?: number, message?: string): boolean;
  /** Tells what happens on the desk from now on. Returns how to stop that. */
  observe(observer: PauseObserver): () => void;
}

export interface PauseLimits {
  readonly pausedFramesMax: number;
  readonly pausedBytesMax: number;
  /** The longest time that a rule may ask for. */
  readonly pauseMsMax: number;
}

export const defaultPauseLimits: PauseLimits = {
  pausedFramesMax: 256,
  pausedBytesMax: 64 * 1024 * 1024,
  pauseMsMax: 3_600_000,
};

/** A frame that is to be put on the desk. */
export interface PauseRequest extends Pausable {
  readonly pauseMs: number;
}

interface Place {
  readonly frame: PausedFrame;
  readonly decide: (decision: PauseDecision) => void;
  readonly timer: TimerHandle;
}

export class BoundedPauseDesk implements PauseDesk {
  readonly #clock: Clock;
  readonly #limits: PauseLimits;
  readonly #places = new Map<string, Place>();
  readonly #observers = new Set<PauseObserver>();
  #bytes = 0;
  #count = 0;

  constructor(clock: Clock, limits: PauseLimits = defaultPauseLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /**
   * Puts a frame on the desk. Resolves with what is decided about it, never rejects; a frame that is gone resolves as by
   * default, which then concerns nobody. `undefined` when the desk is full: the caller decides by default, at once.
   */
  put(request: PauseRequest): Promise<PauseDecision> | undefined {
    const { pausedFramesMax, pausedBytesMax, pauseMsMax } = this.#limits;
    if (this.#places.size >= pausedFramesMax || this.#bytes + request.bytes > pausedBytesMax) return undefined;
    const { pauseMs: askedMs, ...facts } = request;
    const pauseMs = Math.min(askedMs, pauseMsMax);
    const id = `p${++this.#count}`;
    const pausedAt = this.#clock.wallTime();
    const frame: PausedFrame = { id, ...facts, pausedAt, decidesAt: pausedAt + pauseMs };
    const decided = new Promise<PauseDecision>((decide) => {
      const timer = this.#clock.setTimeout(() => this.#end(id, { decision: frame.byDefault }, 'default'), pauseMs);
      this.#places.set(id, { frame, decide, timer });
    });
    this.#bytes += frame.bytes;
    this.#tell({ type: 'paused', frame });
    return decided;
  }

  get isEmpty(): boolean {
    return this.#places.size === 0;
  }

  list(): readonly PausedFrame[] {
    return [...this.#places.values()].map(({ frame }) => frame);
  }

  get(id: string): PausedFrame | undefined {
    return this.#places.get(id)?.frame;
  }

  resume(id: string): boolean {
    return this.#end(id, { decision: 'resume' }, 'resume');
  }

  modify(id: string, message: JsonObject): boolean {
    return this.#end(id, { decision: 'modify', message }, 'modify');
  }

  block(id: string, code?: number, message?: string): boolean {
    const words = { ...(code === undefined ? {} : { code }), ...(message === undefined ? {} : { message }) };
    return this.#end(id, { decision: 'block', ...words }, 'block');
  }

  observe(observer: PauseObserver): () => void {
    this.#observers.add(observer);
    return () => this.#observers.delete(observer);
  }

  /** The request has its outcome: a frame that waited for it is not waited for any more. */
  requestEnded(sessionId: string, direction: Direction, id: RequestId | null): void {
    for (const { frame } of this.#places.values()) {
      const isItsOwn = frame.kind === 'request' ? frame.direction === direction : frame.direction !== direction;
      if (frame.sessionId === sessionId && isItsOwn && frame.kind !== 'notification' && frame.message['id'] === id) {
        this.#end(frame.id, { decision: frame.byDefault }, 'gone');
      }
    }
  }

  sessionEnded(sessionId: string): void {
    for (const { frame } of this.#places.values()) {
      if (frame.sessionId === sessionId) this.#end(frame.id, { decision: frame.byDefault }, 'gone');
    }
  }

  #end(id: string, decision: PauseDecision, end: PauseEnd): boolean {
    const place = this.#places.get(id);
    if (place === undefined) return false;
    this.#places.delete(id);
    this.#bytes -= place.frame.bytes;
    this.#clock.clearTimeout(place.timer);
    place.decide(decision);
    this.#tell({ type: 'decided', frame: place.frame, end });
    return true;
  }

  #tell(news: PauseNews): void {
    for (const observer of this.#observers) observer(news);
  }
}
