/**
 * The messages of one answer on their way to the node that asked: kept until they were received, sent again while they were not, and
 * no faster than their reader takes them. Given up when nobody says anything for long enough.
 */

import type { Clock } from '../ports.ts';
import type { Incarnation } from './addresses.ts';
import { encodeFailure } from './failure-text.ts';
import { encodeMessage } from './message.ts';
import type { Answer } from './owned-session.ts';
import type { PairWindow } from './pair-window.ts';
import { type Failure, maybeExecuted } from './send-result.ts';
import type { ClusterTimes } from './settings.ts';

/** What all answers of a node have in common. */
export interface AnswerStreamOptions {
  /** This one: whoever does not want the answer tells it so. */
  readonly node: Incarnation;
  readonly clock: Clock;
  readonly times: ClusterTimes;
  readonly streamBytesMax: number;
  readonly payloadBytesMax: number;
  /** Sends, where this node may; what cannot be sent is sent again later. */
  readonly publish: (address: string, message: Uint8Array) => void;
}

interface Kept {
  readonly sequence: number;
  readonly message: Uint8Array;
  /** Undefined while it waits for room in the window. */
  sentAt: number | undefined;
}

export class AnswerStream implements Answer {
  readonly #options: AnswerStreamOptions;
  readonly #address: string;
  readonly #request: number;
  readonly #epoch: number;
  readonly #window: PairWindow;
  readonly #kept: Kept[] = [];
  /** The sizes of the messages that the reader has not taken. */
  readonly #untaken: number[] = [];
  #untakenBytes = 0;
  #next = 0;
  #taken = 0;
  #heardAt: number;
  #askedAt = 0;
  #hasSpoken = false;
  #isComplete = false;
  #isClosed = false;
  readonly #closed: (() => void)[] = [];
  #hasRoom: (() => void)[] = [];

  /** @param address where the answer to this request is waited for. */
  constructor(options: AnswerStreamOptions, address: string, request: number, epoch: number, window: PairWindow) {
    this.#options = options;
    this.#address = address;
    this.#request = request;
    this.#epoch = epoch;
    this.#window = window;
    this.#heardAt = options.clock.now();
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Something of it was sent. */
  get hasSpoken(): boolean {
    return this.#hasSpoken;
  }

  /** All of it was received, or nobody wants it. */
  get isOver(): boolean {
    return this.#isClosed || (this.#isComplete && this.#kept.length === 0);
  }

  onClosed(listener: () => void): void {
    this.#closed.push(listener);
  }

  async write(part: Uint8Array): Promise<void> {
    if (this.#isClosed || this.#isComplete) return;
    const message = this.#encode('part', part);
    if (message.length > this.#options.payloadBytesMax) {
      this.fail(
        maybeExecuted('ANSWER_TOO_LARGE', `${message.length} of at most ${this.#options.payloadBytesMax} bytes`),
      );
      return;
    }
    this.#untaken.push(part.length);
    this.#untakenBytes += part.length;
    this.#keep(message);
    if (this.#untakenBytes <= this.#options.streamBytesMax) return;
    await new Promise<void>((resolve) => this.#hasRoom.push(resolve));
  }

  complete(body: Uint8Array): void {
    if (this.#isClosed || this.#isComplete) return;
    const message = this.#encode('result', body);
    if (message.length > this.#options.payloadBytesMax) {
      this.fail(
        maybeExecuted('ANSWER_TOO_LARGE', `${message.length} of at most ${this.#options.payloadBytesMax} bytes`),
      );
      return;
    }
    this.#isComplete = true;
    this.#keep(message);
  }

  /** There is no answer: this is said in the place of whatever was not received yet. */
  fail(failure: Failure): void {
    if (this.#isClosed || this.#isComplete) return;
    this.#dropKept(Infinity);
    this.#isComplete = true;
    this.#keep(this.#encode('failure', encodeFailure(failure)));
    this.#letGo();
  }

  acknowledged(sequence: number, taken: number): void {
    this.#heardAt = this.#options.clock.now();
    this.#dropKept(sequence);
    for (; this.#taken < taken && this.#untaken.length > 0; this.#taken += 1) {
      this.#untakenBytes -= this.#untaken.shift() ?? 0;
    }
    if (this.#untakenBytes <= this.#options.streamBytesMax) this.#letGo();
  }

  /** Nobody waits for it any more. */
  close(): void {
    if (this.#isClosed) return;
    const wasComplete = this.#isComplete;
    this.#isClosed = true;
    this.#dropKept(Infinity);
    this.#letGo();
    if (!wasComplete) for (const tell of this.#closed) tell();
  }

  sweep(now: number): void {
    const { times, publish, node } = this.#options;
    const first = this.#kept[0];
    const waitsForReader = first === undefined && this.#untaken.length > 0;
    if (first?.sentAt === undefined && !waitsForReader) {
      this.#heardAt = now;
      return;
    }
    if (now - this.#heardAt > times.answerKeepMs) {
      this.close();
    } else if (first?.sentAt !== undefined && now - first.sentAt > times.ackMs) {
      for (const kept of this.#kept) if (kept.sentAt !== undefined) this.#send(kept);
    } else if (waitsForReader && now - Math.max(this.#askedAt, this.#heardAt) > times.ackMs) {
      // The reader's last word may have been lost: one message that it knows already brings it again.
      this.#askedAt = now;
      const again = { epoch: this.#epoch, sequence: this.#next - 1, key: node };
      publish(this.#address, encodeMessage('part', this.#request, again));
    }
  }

  #encode(kind: 'part' | 'result' | 'failure', body: Uint8Array): Uint8Array {
    const { node } = this.#options;
    return encodeMessage(kind, this.#request, { epoch: this.#epoch, sequence: this.#next, key: node, body });
  }

  #keep(message: Uint8Array): void {
    const kept: Kept = { sequence: this.#next, message, sentAt: undefined };
    this.#next += 1;
    this.#kept.push(kept);
    const go = (): boolean => {
      if (!this.#kept.includes(kept)) return false;
      this.#send(kept);
      return true;
    };
    if (this.#window.enter(message.length, go)) return;
    if (this.#isComplete) this.close();
    else this.fail(maybeExecuted('BUSY', 'too much waits to be sent to the node that asked'));
  }

  #send(kept: Kept): void {
    const now = this.#options.clock.now();
    if (kept.sentAt === undefined && this.#kept[0] === kept) this.#heardAt = now;
    kept.sentAt = now;
    this.#hasSpoken = true;
    this.#options.publish(this.#address, kept.message);
  }

  #dropKept(sequence: number): void {
    const end = this.#kept.findIndex((kept) => kept.sequence >= sequence);
    // Out of the list first: room in the window lets in what waits, and that must not be one of these.
    for (const { sentAt, message } of this.#kept.splice(0, end < 0 ? this.#kept.length : end)) {
      if (sentAt !== undefined) this.#window.leave(message.length);
    }
  }

  #letGo(): void {
    const waiting = this.#hasRoom;
    this.#hasRoom = [];
    for (const resolve of waiting) resolve();
  }
}
