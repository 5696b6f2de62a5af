/**
 * A WebSocket that is opened again whenever it is lost, for as long as somebody wants it. Decides when to try again; knows nothing
 * of what is said on it.
 */

import { waitMs } from './backoff.ts';

/** What of a WebSocket is used here. */
export interface SocketLike {
  send(text: string): void;
  close(): void;
  addEventListener(type: 'open' | 'close' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

export interface LiveSocketOptions {
  /** Begins to open one. */
  readonly connect: () => SocketLike;
  /** It is open, for the first time or again. */
  readonly onOpen: () => void;
  readonly onText: (text: string) => void;
  /** It is not open any more, or could not be opened. */
  readonly onLost: () => void;
}

export class LiveSocket {
  readonly #options: LiveSocketOptions;
  #socket: SocketLike | undefined;
  #isOpen = false;
  #isWanted = true;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: LiveSocketOptions) {
    this.#options = options;
    this.#open();
  }

  /** False, and nothing sent, while it is not open. */
  send(text: string): boolean {
    if (this.#isOpen) this.#socket?.send(text);
    return this.#isOpen;
  }

  /** Ends it for good; nothing is heard of it any more. */
  close(): void {
    this.#isWanted = false;
    this.#isOpen = false;
    clearTimeout(this.#timer);
    this.#socket?.close();
  }

  #open(): void {
    const socket = this.#options.connect();
    this.#socket = socket;
    socket.addEventListener('open', () => {
      if (!this.#isWanted) return;
      this.#isOpen = true;
      this.#failures = 0;
      this.#options.onOpen();
    });
    socket.addEventListener('message', ({ data }) => {
      if (this.#isWanted && typeof data === 'string') this.#options.onText(data);
    });
    // Every error is followed by the end.
    socket.addEventListener('error', () => {});
    socket.addEventListener('close', () => {
      this.#isOpen = false;
      if (!this.#isWanted) return;
      this.#failures += 1;
      this.#options.onLost();
      this.#timer = setTimeout(() => this.#open(), waitMs(this.#failures, Math.random()));
    });
  }
}
