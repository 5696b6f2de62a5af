/**
 * The real server behind one that is played from a tape: asked for what the tape does not have. It is started when it is needed first,
 * and greeted as the client has greeted us.
 */

import { ownMember } from '../protocol/derive.ts';
import type { MessageValue } from '../record/replay-conversation.ts';
import { type ReplayUpstream, bytesOf } from './tape-replay-upstream.ts';

export interface RealServerOptions {
  /** Starts it, or goes to it. */
  readonly open: (onMessage: (bytes: Uint8Array, message: MessageValue | undefined) => void) => Promise<ReplayUpstream>;
  readonly toClient: (bytes: Uint8Array) => void;
}

const greetingId = 'ninelives-replay-greeting';

export class RealServer {
  readonly #options: RealServerOptions;
  /** What the client says of itself. */
  #greeting: MessageValue | undefined;
  #opening: Promise<ReplayUpstream> | undefined;
  #upstream: ReplayUpstream | undefined;
  /** What waits until the server is there, and has been greeted. */
  readonly #waiting: Uint8Array[] = [];
  #isGreeted = false;

  constructor(options: RealServerOptions) {
    this.#options = options;
  }

  /** The client's `initialize`, wherever it is answered. */
  note(initialize: MessageValue): void {
    this.#greeting ??= initialize;
  }

  /** What is for this server, where it is not there yet: a request, for which it is started. */
  ask(bytes: Uint8Array, request: MessageValue): void {
    // The client's own greeting greets for both.
    if (ownMember(request, 'method') === 'initialize') this.#greeting = undefined;
    this.#opening ??= this.#open();
    this.#send(bytes);
  }

  /** What is for it only where it is there: notifications, and answers to what it has asked. */
  tell(bytes: Uint8Array, message: MessageValue): void {
    const isGreeting = ownMember(message, 'method') === 'notifications/initialized';
    if (this.#opening !== undefined && !(isGreeting && this.#greeting !== undefined)) this.#send(bytes);
  }

  /** Resolves when it is gone. */
  async end(): Promise<void> {
    const upstream = await this.#opening;
    upstream?.end();
    await upstream?.ended;
  }

  kill(): void {
    this.#upstream?.kill();
  }

  #send(bytes: Uint8Array): void {
    if (this.#isGreeted) this.#upstream?.send(bytes);
    else this.#waiting.push(bytes);
  }

  async #open(): Promise<ReplayUpstream> {
    const greeting = this.#greeting;
    const upstream = await this.#options.open((bytes, message) => {
      if (ownMember(message, 'id') === greetingId && ownMember(message, 'method') === undefined) {
        upstream.send(bytesOf({ jsonrpc: '2.0', method: 'notifications/initialized' }));
        this.#begin(upstream);
      } else this.#options.toClient(bytes);
    });
    this.#upstream = upstream;
    if (greeting === undefined) this.#begin(upstream);
    else upstream.send(bytesOf({ ...greeting, id: greetingId }));
    return upstream;
  }

  #begin(upstream: ReplayUpstream): void {
    this.#isGreeted = true;
    for (const bytes of this.#waiting.splice(0)) upstream.send(bytes);
  }
}
