/**
 * Frames of this node's clients that other nodes work on: sent, sent again until their owner says that they came, and asked after
 * while it is silent. Each ends once, and says truthfully whether it may have run. Does not choose owners.
 */

import type { AbortSignalLike, Clock } from '../ports.ts';
import { type Incarnation, answerTo, framesTo, pulseTo } from './addresses.ts';
import type { Engine, Mail } from './engine.ts';
import { decodeFailure } from './failure-text.ts';
import type { Lease } from './lease.ts';
import { Gathering } from './gathering.ts';
import {
  type Message,
  type Receipt,
  decodeMessage,
  decodeRequests,
  encodeMessage,
  encodeReceipts,
  encodeRequests,
} from './message.ts';
import type { OwnedKey } from './owned-session.ts';
import type { PairWindow } from './pair-window.ts';
import type { Pairs } from './pairs.ts';
import { PartReader } from './part-reader.ts';
import type { Peers } from './peers.ts';
import { type FailureCode, type SendResult, maybeExecuted, notExecuted } from './send-result.ts';
import type { ClusterTimes } from './settings.ts';

export interface OutgoingOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly node: Incarnation;
  readonly times: ClusterTimes;
  readonly lease: Lease;
  readonly peers: Peers;
  readonly pairs: Pairs;
  /** The epoch under which a key was last seen: an answer under an earlier one comes from somebody who has lost it. */
  readonly latestEpoch: (key: OwnedKey) => number;
}

export interface OutgoingFrame {
  readonly key: OwnedKey;
  readonly epoch: number;
  readonly owner: Incarnation;
  readonly bytes: Uint8Array;
  /** By the clock; may be Infinity. */
  readonly deadlineAt: number;
  /** What comes before the last message, in order; the next comes when what it returns has resolved. */
  readonly onPart?: ((part: Uint8Array) => void | Promise<void>) | undefined;
  readonly signal?: AbortSignalLike | undefined;
}

interface Waiting {
  readonly request: number;
  readonly frame: OutgoingFrame;
  readonly message: Uint8Array;
  readonly reader: PartReader;
  readonly window: PairWindow;
  readonly end: (result: SendResult) => void;
  /** Undefined while it waits for room in the window. */
  sentAt: number | undefined;
  heardAt: number;
  sends: number;
  /** How often it found no mailbox. */
  unheard: number;
  isAccepted: boolean;
}

interface Owner {
  heardAt: number;
  /** Probes in a row that found no mailbox. */
  unanswered: number;
}

const sendsMax = 3;
const unansweredMax = 2;

export class Outgoing {
  readonly #options: OutgoingOptions;
  readonly #waiting = new Map<number, Waiting>();
  readonly #owners = new Map<Incarnation, Owner>();
  readonly #received: Gathering<Incarnation, Map<number, Receipt>>;
  #requests = 0;

  constructor(options: OutgoingOptions) {
    const { clock, times, engine } = options;
    this.#options = options;
    this.#received = new Gathering(clock, times.gatherMs, (byOwner) => {
      for (const [owner, receipts] of byOwner) {
        const body = encodeReceipts([...receipts.values()]);
        engine.publish(framesTo(owner), encodeMessage('received', 0, { body, key: options.node }));
      }
    });
    options.peers.onDead((node) => {
      for (const waiting of this.#waiting.values()) if (waiting.frame.owner === node) this.#give(waiting, 'OWNER_LOST');
      this.#owners.delete(node);
    });
  }

  /** Frames, since the start. */
  get sent(): number {
    return this.#requests;
  }

  get size(): number {
    return this.#waiting.size;
  }

  async send(frame: OutgoingFrame): Promise<SendResult> {
    const { engine, pairs, clock } = this.#options;
    this.#requests += 1;
    const request = this.#requests;
    const message = encodeMessage('request', request, { epoch: frame.epoch, key: frame.key, body: frame.bytes });
    if (frame.signal?.aborted === true) return notExecuted('CANCELLED');
    if (message.length > engine.payloadBytesMax) {
      return notExecuted('FRAME_TOO_LARGE', `${message.length} of at most ${engine.payloadBytesMax} bytes`);
    }
    return new Promise((resolve) => {
      const cancel = (): void => this.#give(waiting, 'CANCELLED');
      const end = (result: SendResult): void => {
        frame.signal?.removeEventListener('abort', cancel);
        resolve(result);
      };
      const reader = new PartReader({
        onPart: frame.onPart,
        acknowledge: (sequence, taken) => this.#acknowledge(waiting, sequence, taken),
        finish: (result) => this.#settle(waiting, result),
      });
      const window = pairs.to(frame.owner);
      const waiting: Waiting = {
        request,
        frame,
        message,
        reader,
        window,
        end,
        heardAt: clock.now(),
        sentAt: undefined,
        sends: 0,
        unheard: 0,
        isAccepted: false,
      };
      this.#waiting.set(request, waiting);
      frame.signal?.addEventListener('abort', cancel);
      const hasEntered = window.enter(message.length, () => this.#begin(waiting));
      if (!hasEntered) this.#settle(waiting, notExecuted('BUSY', 'too much waits to be sent to the owner'));
    });
  }

  /** What came to the address of a request. */
  answered(request: number, mail: Mail): void {
    const waiting = this.#waiting.get(request);
    if (mail.bytes === undefined) {
      if (waiting !== undefined) this.#unheard(waiting);
      return;
    }
    const message = decodeMessage(mail.bytes);
    if (message === undefined) return;
    if (waiting !== undefined) this.#read(waiting, message);
    // The request is settled; its owner need not keep the answer.
    else if (message.kind !== 'accepted' && message.kind !== 'refused') {
      this.#options.engine.publish(
        framesTo(message.key),
        encodeMessage('cancelled', request, { key: this.#options.node }),
      );
    }
  }

  /** What came of a probe. */
  pulse(owner: Incarnation, mail: Mail): void {
    const heard = this.#ownerOf(owner);
    if (mail.bytes === undefined) {
      heard.unanswered += 1;
      if (heard.unanswered < unansweredMax) return;
      for (const waiting of this.#waiting.values()) {
        if (waiting.frame.owner === owner && waiting.isAccepted) this.#give(waiting, 'OWNER_LOST');
      }
      return;
    }
    heard.unanswered = 0;
    heard.heardAt = this.#options.clock.now();
    const message = decodeMessage(mail.bytes);
    for (const request of message === undefined ? [] : decodeRequests(message.body)) {
      const waiting = this.#waiting.get(request);
      if (waiting?.isAccepted === true && waiting.frame.owner === owner) this.#give(waiting, 'REQUEST_LOST');
    }
  }

  /** Asked of a node that is alive. */
  sweep(): void {
    const { clock, times } = this.#options;
    const now = clock.now();
    const silent = new Map<Incarnation, number[]>();
    for (const waiting of this.#waiting.values()) {
      if (now >= waiting.frame.deadlineAt) this.#give(waiting, 'DEADLINE');
      else if (!waiting.isAccepted) this.#sendAgain(waiting, now);
      else if (now - this.#ownerOf(waiting.frame.owner).heardAt > times.probeMs) {
        const requests = silent.get(waiting.frame.owner) ?? [];
        silent.set(waiting.frame.owner, requests);
        if (now - waiting.heardAt > times.auditMs) {
          waiting.heardAt = now;
          requests.push(waiting.request);
        }
      }
    }
    for (const [owner, requests] of silent) {
      const probe = encodeMessage('probe', 0, { body: encodeRequests(requests), key: this.#options.node });
      this.#options.engine.publish(framesTo(owner), probe, pulseTo(this.#options.node, owner));
    }
  }

  /** The node may not act any more, or stops. */
  giveUp(code: FailureCode): void {
    for (const waiting of this.#waiting.values()) this.#give(waiting, code);
  }

  /** False: it was settled while it waited for room. */
  #begin(waiting: Waiting): boolean {
    if (!this.#waiting.has(waiting.request)) return false;
    waiting.sentAt = this.#options.clock.now();
    if (!this.#options.lease.isAlive()) this.#settle(waiting, notExecuted('NODE_FENCED'));
    else if (this.#post(waiting)) waiting.sends = 1;
    else this.#settle(waiting, notExecuted('ENGINE_UNAVAILABLE', 'the engine cannot be reached'));
    return true;
  }

  #sendAgain(waiting: Waiting, now: number): void {
    if (waiting.sentAt === undefined || now - waiting.sentAt <= this.#options.times.ackMs) return;
    if (waiting.sends >= sendsMax) {
      this.#give(waiting, 'OWNER_SILENT');
      return;
    }
    // Under the same number: an owner that has it already says so and does not run it again.
    if (!this.#post(waiting)) return;
    waiting.sends += 1;
    waiting.sentAt = now;
  }

  #post({ frame, request, message }: Waiting): boolean {
    return this.#options.engine.publish(framesTo(frame.owner), message, answerTo(this.#options.node, request));
  }

  /** Nobody was there to take it: certain of what was sent once, and of nothing else. */
  #unheard(waiting: Waiting): void {
    if (waiting.isAccepted) return;
    waiting.unheard += 1;
    if (waiting.sends <= 1) this.#settle(waiting, notExecuted('OWNER_LOST'));
    else if (waiting.unheard >= unansweredMax) this.#settle(waiting, maybeExecuted('OWNER_LOST'));
    // An owner that has lost the engine comes back to it a moment later than this node.
    else waiting.sentAt = this.#options.clock.now() - this.#options.times.ackMs + this.#options.times.probeMs;
  }

  #read(waiting: Waiting, message: Message): void {
    const now = this.#options.clock.now();
    waiting.heardAt = now;
    const owner = this.#ownerOf(waiting.frame.owner);
    owner.heardAt = now;
    owner.unanswered = 0;
    if (message.kind === 'refused') {
      this.#settle(waiting, decodeFailure(message.body));
      return;
    }
    this.#accept(waiting);
    if (message.kind === 'result' && message.epoch < this.#options.latestEpoch(waiting.frame.key)) {
      this.#give(waiting, 'OWNER_LOST');
    } else if (message.kind !== 'accepted') waiting.reader.take(message);
  }

  #accept(waiting: Waiting): void {
    if (waiting.isAccepted) return;
    waiting.isAccepted = true;
    waiting.window.leave(waiting.message.length);
  }

  #acknowledge({ frame, request }: Waiting, sequence: number, taken: number): void {
    const { owner } = frame;
    const receipts = this.#received.get(owner) ?? new Map<number, Receipt>();
    receipts.set(request, { request, sequence, taken });
    this.#received.set(owner, receipts);
  }

  /** Ends it for a reason of this side, and tells the owner where it may be at work. */
  #give(waiting: Waiting, code: FailureCode): void {
    const wasSent = waiting.sends > 0;
    if (wasSent && code !== 'OWNER_LOST') {
      const cancelled = encodeMessage('cancelled', waiting.request, { key: this.#options.node });
      this.#options.engine.publish(framesTo(waiting.frame.owner), cancelled);
    }
    this.#settle(waiting, wasSent ? maybeExecuted(code) : notExecuted(code));
  }

  #settle(waiting: Waiting, result: SendResult): void {
    if (!this.#waiting.delete(waiting.request)) return;
    const isInWindow = waiting.sentAt !== undefined && !waiting.isAccepted;
    if (isInWindow) waiting.window.leave(waiting.message.length);
    waiting.reader.close();
    waiting.end(result);
  }

  #ownerOf(node: Incarnation): Owner {
    let owner = this.#owners.get(node);
    if (owner === undefined) this.#owners.set(node, (owner = { heardAt: this.#options.clock.now(), unanswered: 0 }));
    return owner;
  }
}
