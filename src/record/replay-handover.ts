/**
 * Where a client takes over a session that another has begun: it finds a server that has shaken hands already, and need not know. What
 * it says to begin with is answered from what the server had answered then. Takes messages and says where they go; keeps nothing but
 * what has come before its client is ready.
 */

import { ownMember } from '../protocol/derive.ts';
import type { MessageValue } from './replay-conversation.ts';
import { progressTokenIn } from './replay-ids.ts';

/** Ids of what was said before, so that no other has them. */
const idPrefix = 'ninelives-replay-';

export function idOfPrefix(count: number): string {
  return `${idPrefix}${count}`;
}

export interface HandoverOptions {
  /** What the server had answered to `initialize`; undefined where it was not asked. */
  readonly welcome: unknown;
  /** The server was told `notifications/initialized`. */
  readonly isInitialized: boolean;
  /** Takes the bytes of one message. */
  readonly toClient: (bytes: Uint8Array) => void;
  readonly toServer: (bytes: Uint8Array) => void;
  readonly encode: (message: MessageValue) => Uint8Array;
}

export class Handover {
  readonly #options: HandoverOptions;
  #held: Uint8Array[] = [];
  #isReady = false;
  /** The client was answered here, and the server has not heard of it. */
  #wasGreeted = false;
  #hasToldInitialized: boolean;

  constructor(options: HandoverOptions) {
    this.#options = options;
    this.#hasToldInitialized = options.isInitialized;
  }

  fromServer(bytes: Uint8Array, message: MessageValue | undefined): void {
    // Nobody waits any longer for answers and progress of what was said before.
    if (isOfPrefix(ownMember(message, 'method') === undefined ? ownMember(message, 'id') : progressTokenIn(message)))
      return;
    if (this.#isReady) this.#options.toClient(bytes);
    else this.#held.push(bytes);
  }

  fromClient(bytes: Uint8Array, message: MessageValue | undefined): void {
    const { welcome, toClient, toServer, encode } = this.#options;
    const method = ownMember(message, 'method');
    const id = ownMember(message, 'id');
    if (method === 'initialize' && welcome !== undefined && !this.#wasGreeted) {
      this.#wasGreeted = true;
      toClient(encode({ jsonrpc: '2.0', id, result: welcome }));
      return;
    }
    this.#ready();
    if (method === 'notifications/initialized' && this.#wasGreeted && this.#hasToldInitialized) {
      this.#hasToldInitialized = false;
    } else toServer(bytes);
  }

  /** The client is told what has come so far, and from now on at once. */
  #ready(): void {
    if (this.#isReady) return;
    this.#isReady = true;
    for (const bytes of this.#held) this.#options.toClient(bytes);
    this.#held = [];
  }
}

function isOfPrefix(id: unknown): boolean {
  return typeof id === 'string' && id.startsWith(idPrefix);
}
