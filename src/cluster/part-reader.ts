/**
 * The messages of one answer as they arrive: put in order, each handed on once, the next when the reader has taken the one before.
 * Says how far it is. What is missing is not asked for: whoever sent it sends it again.
 */

import { messageOf } from '../reasons.ts';
import { decodeFailure } from './failure-text.ts';
import type { Message } from './message.ts';
import { type SendResult, maybeExecuted } from './send-result.ts';

export interface PartReaderOptions {
  readonly onPart: ((part: Uint8Array) => void | Promise<void>) | undefined;
  /** So many messages have come, in order; so many of them were taken. */
  readonly acknowledge: (sequence: number, taken: number) => void;
  readonly finish: (result: SendResult) => void;
}

export class PartReader {
  readonly #options: PartReaderOptions;
  readonly #arrived: Message[] = [];
  #next = 0;
  #taken = 0;
  #isBusy = false;
  #isOver = false;

  constructor(options: PartReaderOptions) {
    this.#options = options;
  }

  take(message: Message): void {
    const { acknowledge } = this.#options;
    if (message.kind === 'failure') {
      // Nothing that is still on its way matters any more.
      acknowledge(message.sequence + 1, message.sequence + 1);
      this.#finish(decodeFailure(message.body));
      return;
    }
    if (message.sequence === this.#next) {
      this.#next += 1;
      this.#arrived.push(message);
      this.#read();
    }
    acknowledge(this.#next, this.#taken);
  }

  /** Whoever asked does not wait any longer: nothing that has arrived is handed on. */
  close(): void {
    this.#isOver = true;
  }

  #read(): void {
    while (!this.#isBusy && !this.#isOver) {
      const message = this.#arrived.shift();
      if (message === undefined) return;
      this.#taken += 1;
      if (message.kind === 'result') {
        this.#finish({ ok: true, bytes: message.body });
        return;
      }
      this.#hand(message.body);
    }
  }

  #hand(part: Uint8Array): void {
    let taking: void | Promise<void>;
    try {
      taking = this.#options.onPart?.(part);
    } catch (error) {
      this.#fail(error);
      return;
    }
    if (!(taking instanceof Promise)) return;
    this.#isBusy = true;
    this.#taken -= 1;
    taking.then(
      () => {
        this.#isBusy = false;
        this.#taken += 1;
        this.#read();
        if (!this.#isOver) this.#options.acknowledge(this.#next, this.#taken);
      },
      (error: unknown) => this.#fail(error),
    );
  }

  /** Whoever asked cannot take the answer. */
  #fail(error: unknown): void {
    this.#finish(maybeExecuted('CANCELLED', messageOf(error)));
  }

  #finish(result: SendResult): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#options.finish(result);
  }
}
