/**
 * A transport for a protocol object of an SDK (`Client`, `Server`, `McpServer`) that is one peer of a session: what the object
 * sends is reported, what the session has for it becomes its `onmessage`. Knows nothing of the peer on the other side.
 */

import { LocalError } from '../local-error.ts';
import type { Delivery, PeerLink } from '../ports.ts';
import type { RequestId } from '../protocol/envelope.ts';
import { Incoming, Outgoing, optionOf } from './sdk-aside.ts';
import type { PeerAdapter, PeerReports } from './peer-adapter.ts';
import type { SdkTransport } from './sdk-shape.ts';
import { valueOf } from './slices.ts';
import { asError } from './thrown.ts';

/** What stands behind a port. */
export interface PortBacking {
  /** The transport that it stands for; none where there is no other. */
  readonly transport: SdkTransport | undefined;
  /** Opens the session; the port's `start` resolves or rejects with it. */
  open(): Promise<void>;
  /** Resolves when nothing is open any more, once the session has ended. */
  closed(): Promise<void>;
}

const done = Promise.resolve();

export class SdkPort implements SdkTransport {
  onclose?: (() => void) | undefined;
  onerror?: ((error: Error) => void) | undefined;
  onmessage?: SdkTransport['onmessage'];
  /** The protocol object as a peer, for the session that `open` opens. */
  readonly adapter: PeerAdapter;
  readonly #backing: PortBacking;
  #reports: Pick<PeerReports, 'value' | 'closed'> | undefined;
  #state: 'new' | 'open' | 'closed' = 'new';
  /** Settles when the session takes more; undefined while it does. */
  #resumed: Promise<void> | undefined;
  #resume: (() => void) | undefined;
  /** A request that its sender knows the end of. */
  #isMuted = false;
  readonly #mute = (act: () => void): void => {
    this.#isMuted = true;
    act();
    this.#isMuted = false;
  };

  constructor(backing: (adapter: PeerAdapter) => PortBacking) {
    const link: PeerLink = {
      write: (message, about) => this.#take(valueOf(message), about),
      writeValue: (message, about) => this.#take(message, about),
      pause: (isPaused) => this.#pause(isPaused),
      close: () => this.#finish(),
    };
    this.adapter = {
      link,
      start: (reports) => {
        this.#reports = reports;
      },
    };
    this.#backing = backing(this.adapter);
  }

  // --- for the protocol object --------------------------------------------------------------------------------------

  get sessionId(): string | undefined {
    return this.#backing.transport?.sessionId;
  }

  get hasPerRequestStream(): boolean {
    return this.#backing.transport?.hasPerRequestStream === true;
  }

  setProtocolVersion(version: string): void {
    this.#backing.transport?.setProtocolVersion?.(version);
  }

  setSupportedProtocolVersions(versions: string[]): void {
    this.#backing.transport?.setSupportedProtocolVersions?.(versions);
  }

  /**
   * Opens the session, then the transport.
   * @throws LocalError ALREADY_STARTED, SESSION_REFUSED; and whatever the transport's own `start` rejects with.
   */
  async start(): Promise<void> {
    if (this.#state !== 'new') throw new LocalError('ALREADY_STARTED', 'The transport was started before.');
    this.#state = 'open';
    try {
      await this.#backing.open();
    } catch (error) {
      this.#finish();
      throw error;
    }
  }

  /**
   * Resolves and rejects as the transport's own `send` does, where the message goes straight to it. One that the session
   * answers, drops or keeps for a while is the session's from here on: then this resolves when the session takes more.
   * @throws LocalError NOT_STARTED, ALREADY_CLOSED
   */
  send(message: object, options?: object): Promise<void> {
    if (this.#reports === undefined || this.#state !== 'open') return Promise.reject(this.#misuse());
    const outgoing = new Outgoing(options, this.#mute);
    this.#reports.value(message, outgoing, relatedTo(options));
    if (options !== undefined && this.hasPerRequestStream) this.#watch(message, options);
    return outgoing.sent ?? this.#resumed ?? done;
  }

  /** Ends the session and closes the transport. */
  async close(): Promise<void> {
    const wasOpen = this.#state === 'open';
    if (wasOpen) this.#reports?.closed();
    await this.#backing.closed();
    this.#finish();
  }

  // --- for the session ------------------------------------------------------------------------------------------------

  #take(message: object, about: Delivery): boolean {
    if (this.#isMuted && about.frame === undefined) return true;
    const aside = about.frame?.aside;
    try {
      this.onmessage?.(message, aside instanceof Incoming ? aside.extra : undefined);
    } catch (error) {
      // A handler of the object's owner. The object has had its message.
      this.onerror?.(asError(error));
    }
    return true;
  }

  #pause(isPaused: boolean): void {
    if (!isPaused) {
      this.#resume?.();
      this.#resumed = undefined;
      return;
    }
    this.#resumed ??= new Promise((resolve) => {
      this.#resume = resolve;
    });
  }

  /** v2: a request that has a stream of its own is given up by its signal. The session has to know as well. */
  #watch(message: object, options: object): void {
    const signal = optionOf(options, 'requestSignal');
    const requestId = optionOf(message, 'id');
    if (!(signal instanceof AbortSignal) || requestId === undefined) return;
    const cancelled = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId } };
    const giveUp = (): void => this.#reports?.value(cancelled, new Outgoing(undefined, this.#mute, true));
    signal.addEventListener('abort', giveUp, { once: true });
  }

  #misuse(): LocalError {
    return this.#state === 'closed'
      ? new LocalError('ALREADY_CLOSED', 'Something was sent after the transport was closed.')
      : new LocalError('NOT_STARTED', 'Something was sent before the transport was started.');
  }

  /** The session is over. */
  #finish(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#pause(false);
    this.onclose?.();
  }
}

/** The request on whose behalf the message is sent, as the protocol object knows it. */
function relatedTo(options: object | undefined): RequestId | undefined {
  const related = optionOf(options, 'relatedRequestId');
  return typeof related === 'string' || typeof related === 'number' ? related : undefined;
}
