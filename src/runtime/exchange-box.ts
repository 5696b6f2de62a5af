/**
 * What leaves for a client that is reached through exchanges. Nothing waits here: its link keeps what a stream has not taken,
 * stream by stream, and says when that is too much. So nothing can be taken back either.
 */

import type { Delivery, DeliveryResult, ExchangeLink } from '../ports.ts';
import type { Box } from './outbox.ts';

export class ExchangeBox implements Box {
  #link: ExchangeLink | undefined;
  readonly #onThrown: (error: unknown) => void;

  /** @param onThrown told when the link threw as it was closed. */
  constructor(link: ExchangeLink, onThrown: (error: unknown) => void) {
    this.#link = link;
    this.#onThrown = onThrown;
  }

  get bytes(): number {
    return 0;
  }

  /** A link that throws has no reader any more. */
  push(about: Delivery): DeliveryResult {
    try {
      return this.#link?.deliver(about.message, about) ?? 'closed';
    } catch {
      return 'closed';
    }
  }

  recall(): boolean {
    return false;
  }

  drained(): void {}

  finish(reason: string): void {
    const link = this.#link;
    this.#link = undefined;
    try {
      link?.close(reason);
    } catch (error) {
      this.#onThrown(error);
    }
  }

  abandon(reason: string): void {
    this.finish(reason);
  }
}
