/** What a client hears on its connections, kept in order, and waiting for it. */

import { EventEmitter, once } from 'node:events';

import type { Message } from '../e2e/program.ts';

export class Ear {
  readonly messages: Message[] = [];
  readonly #changes = new EventEmitter().setMaxListeners(0);

  hear(...messages: readonly Message[]): void {
    this.messages.push(...messages);
    this.changed();
  }

  /** Something else that is waited for has happened. */
  changed(): void {
    this.#changes.emit('change');
  }

  async until<T>(find: () => T | undefined): Promise<T> {
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      await once(this.#changes, 'change');
    }
  }
}
