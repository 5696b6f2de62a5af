/**
 * What is said to people, on standard error. Never waits for a reader: of what nobody reads, lines are dropped and counted,
 * and that nobody reads any more harms nobody.
 */

import { setTimeout as pause } from 'node:timers/promises';
import type { Writable } from 'node:stream';
import type { LineSink } from './log.ts';

/** Waiting bytes above which further lines are dropped. */
const waitingBytesMax = 1024 * 1024;

/** How long the last lines may take at the end of a process. */
const farewellMs = 500;

export class People implements LineSink {
  readonly isTTY: boolean | undefined;
  readonly #stream: Writable;
  #dropped = 0;
  #isGone = false;

  constructor(stream: Writable & { readonly isTTY?: boolean }) {
    this.isTTY = stream.isTTY;
    this.#stream = stream;
    stream.on('error', () => {
      this.#isGone = true;
    });
    stream.on('drain', () => this.#confess());
  }

  /** One line with its end. */
  write(line: string): void {
    if (this.#isGone) return;
    if (this.#stream.writableLength > waitingBytesMax) this.#dropped += 1;
    else this.#stream.write(line);
  }

  /** Resolves when everything is written, or when it has taken too long. */
  async flushed(withinMs: number = farewellMs): Promise<void> {
    if (this.#isGone) return;
    const written = new Promise<void>((resolve) => {
      this.#stream.write('', () => resolve());
    });
    await Promise.race([written, pause(withinMs, undefined, { ref: false })]);
  }

  #confess(): void {
    if (this.#dropped === 0) return;
    const lines = this.#dropped;
    this.#dropped = 0;
    this.write(`[ninelives] ${lines} lines are missing here: nobody read them in time\n`);
  }
}
