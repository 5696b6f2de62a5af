/**
 * A transport of an SDK as one peer of a session: whoever is at its far end. What it reads is reported, what the session has
 * for the peer is sent, and how far the transport keeps up decides how much it is given. Knows no protocol object.
 */

import { LocalError } from '../local-error.ts';
import type { Delivery, PeerLink } from '../ports.ts';
import { sizeOf } from '../protocol/envelope.ts';
import { Incoming, Outgoing, optionOf } from './sdk-aside.ts';
import type { PeerAdapter, PeerReports } from './peer-adapter.ts';
import type { SdkTransport } from './sdk-shape.ts';
import { valueOf } from './slices.ts';
import { asError } from './thrown.ts';

/** Messages that the transport may be busy with; then the session keeps the next. */
const underwayMax = 64;
/** One message of more bytes than this is waited for before the next. */
const smallBytesMax = 65_536;

export class SdkPeer implements PeerAdapter, PeerLink {
  readonly #transport: SdkTransport;
  #reports: PeerReports | undefined;
  #state: 'new' | 'starting' | 'started' | 'closed' = 'new';
  #started: Promise<void> | undefined;
  #underway = 0;
  #isFull = false;
  readonly #sent = (): void => this.#made();
  /** Where errors of the transport go that nobody waits for. */
  onerror: ((error: Error) => void) | undefined = undefined;

  constructor(transport: SdkTransport) {
    this.#transport = transport;
    this.closed = new Promise((resolve) => {
      this.#whenClosed = resolve;
    });
    this.closed.catch((error: unknown) => this.#note(error));
  }

  get link(): PeerLink {
    return this;
  }

  /** As the transport's own `start`, once there was one. */
  get started(): Promise<void> {
    return this.#started ?? Promise.reject(new LocalError('NOT_STARTED', 'The transport was not started.'));
  }

  /** Settles when the transport is closed, as its own `close` does where we closed it. */
  readonly closed: Promise<void>;
  #whenClosed: (closing: Promise<void> | undefined) => void = () => {};

  start(reports: PeerReports): void {
    if (this.#reports !== undefined) throw new LocalError('ALREADY_STARTED', 'The transport has a session already.');
    this.#reports = reports;
    this.#listen(reports);
    this.#state = 'starting';
    this.#started = promised(() => this.#transport.start());
    this.#started.then(
      () => {
        if (this.#state === 'starting') this.#state = 'started';
      },
      () => this.#gone(),
    );
  }

  /** Takes the transport's handlers; who was there before is told as well, as under a protocol object. */
  #listen(reports: PeerReports): void {
    const transport = this.#transport;
    const { onmessage, onclose, onerror } = transport;
    transport.onmessage = (message, extra) => {
      onmessage?.(message, extra);
      if (this.#state !== 'closed') reports.value(message, extra === undefined ? undefined : new Incoming(extra));
    };
    transport.onclose = () => {
      onclose?.();
      this.#gone();
    };
    transport.onerror = (error) => {
      onerror?.(error);
      this.onerror?.(error);
    };
  }

  write(message: readonly Uint8Array[], about: Delivery): boolean {
    const bytes = message.reduce((sum, part) => sum + part.length, 0);
    return this.#send(valueOf(message), bytes, about);
  }

  writeValue(message: object, about: Delivery): boolean {
    return this.#send(message, about.frame === undefined ? 0 : sizeOf(about.frame), about);
  }

  pause(): void {
    // A transport of the SDKs cannot be asked to stop reading. What the session keeps for its other peer is bounded.
  }

  close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#whenClosed(promised(() => this.#transport.close()));
  }

  #send(message: object, bytes: number, about: Delivery): boolean {
    const aside = about.frame?.aside;
    const outgoing = aside instanceof Outgoing ? aside : undefined;
    if (outgoing?.isForSessionAlone === true) return !this.#isFull;
    const options = this.#watched(outgoing, about);
    const sent =
      this.#state === 'starting'
        ? this.started.then(() => this.#transport.send(message, options))
        : promised(() => this.#transport.send(message, options));
    if (outgoing !== undefined) outgoing.sent = sent;
    this.#underway++;
    if (this.#underway >= underwayMax || bytes > smallBytesMax) this.#isFull = true;
    sent.then(this.#sent, (error: unknown) => this.#unmade(error, about, outgoing));
    return !this.#isFull;
  }

  /** v2: a request whose stream ends without an answer gets none; its sender is told by the same word. */
  #watched(outgoing: Outgoing | undefined, about: Delivery): object | undefined {
    const ended = optionOf(outgoing?.options, 'onRequestStreamEnd');
    if (outgoing === undefined || typeof ended !== 'function') return outgoing?.options;
    return {
      ...outgoing.options,
      onRequestStreamEnd: (): void => {
        Reflect.apply(ended, undefined, []);
        this.#unanswered(about, 'the stream of the request ended', outgoing);
      },
    };
  }

  /** The transport is done with a message. */
  #made(): void {
    this.#underway--;
    if (!this.#isFull || this.#underway > 0) return;
    this.#isFull = false;
    this.#reports?.drained();
  }

  #unmade(error: unknown, about: Delivery, outgoing: Outgoing | undefined): void {
    if (outgoing === undefined) this.#note(error);
    // Whoever sent it is told first, by the promise: it knows the error itself.
    queueMicrotask(() => {
      this.#unanswered(about, asError(error).message, outgoing);
      this.#made();
    });
  }

  #unanswered(about: Delivery, reason: string, outgoing: Outgoing | undefined): void {
    if (this.#state === 'closed' || about.entry?.isTaken === true) return;
    const fail = (): void => this.#reports?.failed(about, { cause: 'unanswered', reason, status: 0 });
    if (outgoing === undefined) fail();
    else outgoing.muted(fail);
  }

  #note(error: unknown): void {
    this.onerror?.(asError(error));
  }

  #gone(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#whenClosed(undefined);
    this.#reports?.closed();
  }
}

/** What an SDK's function throws is as good as what it rejects with. */
function promised(act: () => Promise<void>): Promise<void> {
  try {
    return act();
  } catch (error) {
    return Promise.reject(asError(error));
  }
}
