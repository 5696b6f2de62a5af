/** Somebody to whom an adapter reports: writes down what is said, and waits for words that are still to come. */

import type { PeerReports } from '../../src/adapters/peer-adapter.ts';
import { decodeText } from '../../src/protocol/text.ts';

export class Ear implements PeerReports {
  readonly told: string[] = [];
  readonly #waiting: (() => void)[] = [];

  message(bytes: Uint8Array): void {
    this.#note(`message ${decodeText(bytes)}`);
  }
  value(message: unknown): void {
    this.#note(`value ${JSON.stringify(message)}`);
  }
  failed(_about: unknown, { cause }: { readonly cause: string }): void {
    this.#note(`failed ${cause}`);
  }
  unreadable({ fault, idToken }: Parameters<PeerReports['unreadable']>[0], bytes: number): void {
    this.#note(`unreadable ${fault} ${idToken} ${bytes}`);
  }
  drained(): void {
    this.#note('drained');
  }
  ended(): void {
    this.#note('ended');
  }
  closed(): void {
    this.#note('closed');
  }

  /** Resolves with all that was told when the last of it begins with these words, perhaps by now. */
  async hears(words: string): Promise<readonly string[]> {
    while (this.told.at(-1)?.startsWith(words) !== true) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    return this.told;
  }

  #note(words: string): void {
    this.told.push(words);
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
