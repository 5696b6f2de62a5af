/**
 * The engine of one process: nodes that are given engines of the same store and mailboxes are a cluster. Answers come in a later
 * microtask, in the order of the questions, as those of a service would come later too.
 */

import type { Engine, EngineState, Mail } from './engine.ts';
import { Unavailable } from './engine.ts';
import { MemoryStore } from './memory-store.ts';

/** What the engines of one cluster have in common. */
export class MemoryHub {
  readonly store = new MemoryStore();
  readonly mailboxes = new Map<string, (mail: Mail) => void>();
}

/** The mailbox that an address is in: what is before its second dot. */
export function mailboxIn(address: string): string {
  const end = address.indexOf('.', address.indexOf('.') + 1);
  return end < 0 ? address : address.slice(0, end);
}

export class MemoryEngine implements Engine {
  readonly payloadBytesMax: number;
  readonly #hub: MemoryHub;
  readonly #mailboxes: string[] = [];
  readonly #listeners: ((state: EngineState) => void)[] = [];
  readonly #stops: (() => void)[] = [];
  #isClosed = false;

  constructor(hub: MemoryHub, { payloadBytesMax = Infinity }: { readonly payloadBytesMax?: number } = {}) {
    this.#hub = hub;
    this.payloadBytesMax = payloadBytesMax;
  }

  get: Engine['get'] = async (bucket, key) => {
    this.#assertOpen();
    return this.#hub.store.get(bucket, key);
  };

  cas: Engine['cas'] = async (bucket, key, value, revision) => {
    this.#assertOpen();
    return this.#hub.store.cas(bucket, key, value, revision);
  };

  keys: Engine['keys'] = async (bucket) => {
    this.#assertOpen();
    return this.#hub.store.entries(bucket).map(({ key }) => key);
  };

  watch: Engine['watch'] = async (bucket, heard) => {
    this.#assertOpen();
    const tell: typeof heard = (entry) =>
      queueMicrotask(() => {
        if (!this.#isClosed) heard(entry);
      });
    for (const entry of this.#hub.store.entries(bucket)) tell(entry);
    this.#stops.push(this.#hub.store.watch(bucket, tell));
  };

  publish(address: string, bytes: Uint8Array, replyTo?: string): boolean {
    if (this.#isClosed) return false;
    queueMicrotask(() => {
      const received = this.#hub.mailboxes.get(mailboxIn(address));
      if (received !== undefined) received({ address, bytes, replyTo });
      else if (replyTo !== undefined) {
        this.#hub.mailboxes.get(mailboxIn(replyTo))?.({ address: replyTo, bytes: undefined, replyTo: undefined });
      }
    });
    return true;
  }

  subscribe: Engine['subscribe'] = async (mailbox, received) => {
    this.#assertOpen();
    this.#hub.mailboxes.set(mailbox, received);
    this.#mailboxes.push(mailbox);
  };

  onState(heard: (state: EngineState) => void): void {
    this.#listeners.push(heard);
  }

  close: Engine['close'] = async () => {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const mailbox of this.#mailboxes) this.#hub.mailboxes.delete(mailbox);
    for (const stop of this.#stops) stop();
    for (const heard of this.#listeners) heard('down');
  };

  #assertOpen(): void {
    if (this.#isClosed) throw new Unavailable('The engine is closed');
  }
}
