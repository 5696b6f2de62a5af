/**
 * Sends frames to whoever has their key: to this node itself without leaving it, to others through the engine. Looks again when the
 * key has moved, claims it when nobody has it, and sends nothing twice that may have run.
 */

import type { AbortSignalLike, Clock } from '../ports.ts';
import { messageOf } from '../reasons.ts';
import type { Incarnation } from './addresses.ts';
import type { Directory, Location, Owned } from './directory.ts';
import type { Lease } from './lease.ts';
import type { Outgoing } from './outgoing.ts';
import type { Answer, OwnedKey } from './owned-session.ts';
import type { Peers } from './peers.ts';
import { runFrame } from './run-frame.ts';
import { type Failure, type SendResult, notExecuted } from './send-result.ts';

export interface SendOptions {
  /** From now; Infinity for a stream that stays open. */
  readonly deadlineMs: number;
  /** How long a frame that did not run waits for its key to get another owner. 0: it is refused at once. */
  readonly holdMs?: number;
  /** What comes before the last message, in order; the next comes when what it returns has resolved. */
  readonly onPart?: (part: Uint8Array) => void | Promise<void>;
  readonly signal?: AbortSignalLike;
}

export interface FrameRouter {
  /** Ends once and never rejects. */
  send(key: OwnedKey, frame: Uint8Array, options: SendOptions): Promise<SendResult>;
}

export interface RouterOptions {
  readonly clock: Clock;
  readonly node: Incarnation;
  readonly lease: Lease;
  readonly peers: Peers;
  readonly directory: Directory;
  readonly outgoing: Outgoing;
}

/** What one look led to: a result, or another look. */
type Step = { readonly result: SendResult } | { readonly again: Failure; readonly isHeld: boolean };

const lookMsMin = 20;
const lookMsMax = 300;
/** So long a frame follows a key that moves; whoever is said to have it may not know it, and say so each time. */
const followMsMax = 30_000;
/** A read may be older than a claim that was made a moment ago. */
const unknownLooksMax = 3;

export class Router implements FrameRouter {
  readonly #options: RouterOptions;

  constructor(options: RouterOptions) {
    this.#options = options;
  }

  send: FrameRouter['send'] = async (key, frame, options) => {
    const { clock, lease } = this.#options;
    const startedAt = clock.now();
    const heldUntil = startedAt + (options.holdMs ?? 0);
    const deadlineAt = startedAt + options.deadlineMs;
    let unknownLooks = 0;
    for (let look = 0; ; look += 1) {
      if (!lease.isAlive()) return notExecuted('NODE_FENCED');
      const step = await this.#look(key, frame, options, deadlineAt);
      if ('result' in step) return step.result;
      const now = clock.now();
      if (step.again.code === 'KEY_UNKNOWN') unknownLooks += 1;
      const isFollowed = !step.isHeld && now - startedAt < followMsMax;
      if (unknownLooks >= unknownLooksMax || (!isFollowed && now >= heldUntil)) return step.again;
      if (now >= deadlineAt) return notExecuted('DEADLINE', step.again.code);
      if (options.signal?.aborted === true) return notExecuted('CANCELLED');
      const pauseMs = Math.min(lookMsMin * 2 ** Math.min(look, 8), lookMsMax);
      await new Promise<void>((resolve) => clock.setTimeout(resolve, pauseMs));
    }
  };

  async #look(key: OwnedKey, frame: Uint8Array, options: SendOptions, deadlineAt: number): Promise<Step> {
    const { directory, peers, node } = this.#options;
    const owned = directory.owned(key);
    if (owned !== undefined) return this.#here(owned, frame, options);
    try {
      const place = await directory.locate(key);
      if (place === undefined) return { again: notExecuted('KEY_UNKNOWN'), isHeld: false };
      if (place.isFree || place.owner === node || (await peers.isDead(place.owner))) return await this.#claim(key);
      return await this.#there(key, place, frame, options, deadlineAt);
    } catch (error) {
      return { again: notExecuted('ENGINE_UNAVAILABLE', messageOf(error)), isHeld: true };
    }
  }

  async #here(owned: Owned, frame: Uint8Array, { onPart, signal }: SendOptions): Promise<Step> {
    if (owned.isLeaving) return { again: notExecuted('DRAINING'), isHeld: false };
    const result = await runFrame(this.#options, owned, frame, localAnswer(onPart, signal));
    return result.ok || result.code !== 'CLAIM_LOST' || result.executed === 'unknown'
      ? { result }
      : { again: result, isHeld: false };
  }

  async #claim(key: OwnedKey): Promise<Step> {
    const { directory } = this.#options;
    directory.forget(key);
    const claim = await directory.claim(key);
    switch (claim.kind) {
      case 'gone':
        return { result: notExecuted('KEY_UNKNOWN', 'its owner is dead, and nothing of it was saved') };
      case 'refused':
        return { again: claim.failure, isHeld: true };
      case 'owned':
      case 'elsewhere':
      case 'contested':
        return { again: notExecuted('WRONG_OWNER'), isHeld: false };
    }
  }

  async #there(
    key: OwnedKey,
    { owner, epoch }: Location,
    bytes: Uint8Array,
    { onPart, signal }: SendOptions,
    deadlineAt: number,
  ): Promise<Step> {
    const { outgoing, directory } = this.#options;
    const result = await outgoing.send({ key, epoch, owner, bytes, deadlineAt, onPart, signal });
    // Nothing that may have run is sent again.
    if (result.ok || result.executed === 'unknown') return { result };
    switch (result.code) {
      case 'WRONG_OWNER':
      case 'DRAINING':
      case 'CLAIM_LOST':
      case 'NODE_FENCED':
        directory.forget(key);
        return { again: result, isHeld: false };
      case 'OWNER_LOST':
      case 'ENGINE_UNAVAILABLE':
        directory.forget(key);
        return { again: result, isHeld: true };
      case 'BUSY':
      case 'DEADLINE':
      case 'CANCELLED':
      case 'KEY_UNKNOWN':
      case 'OWNER_SILENT':
      case 'REQUEST_LOST':
      case 'FRAME_TOO_LARGE':
      case 'ANSWER_TOO_LARGE':
      case 'SESSION_FAILED':
        return { result };
    }
  }
}

/** The parts of an answer that does not leave the node. */
function localAnswer(onPart: SendOptions['onPart'], signal: AbortSignalLike | undefined): Answer {
  return {
    get isClosed() {
      return signal?.aborted === true;
    },
    onClosed: (listener) => signal?.addEventListener('abort', listener),
    write: async (part) => {
      if (signal?.aborted !== true) await onPart?.(part);
    },
  };
}
