/**
 * Reaches a server at an http:// URL without being told which of the two transports it speaks: what a client begins with is
 * posted, and where it is refused as servers of 2024-11-05 refuse it, the server is asked for a stream instead (2025-11-25,
 * basic/transports, backwards compatibility). What was found out holds for every session that comes after.
 */

import type {
  Delivery,
  DeliveryFailure,
  ServerSession,
  UpstreamConnector,
  UpstreamEvents,
  UpstreamLink,
} from '../ports.ts';
import { type HttpConnector, type HttpConnectorOptions, firstThen, httpConnector } from './http-connector.ts';
import { sseConnector } from './sse-connector.ts';

/** A server that does not take a POST at all, or makes nothing of it. */
const olderStatuses: ReadonlySet<number> = new Set([400, 404, 405]);

interface Known {
  transport: 'unknown' | 'streamable' | 'sse';
  readonly streamable: HttpConnector;
  readonly sse: UpstreamConnector;
}

/** @throws RangeError with the sentence of `httpProblem`. */
export function httpUpstream(options: HttpConnectorOptions): UpstreamConnector {
  const known: Known = { transport: 'unknown', streamable: httpConnector(options), sse: sseConnector(options) };
  const upstream: UpstreamConnector = {
    connect: (events, heritage) => {
      if (known.transport === 'unknown') return new Detection(known, events, heritage);
      return known[known.transport].connect(events, heritage);
    },
    // Only this transport has sessions that can be gone on with.
    goingOn: (serverSession) => firstThen(known.streamable.goingOn(serverSession), upstream),
  };
  return upstream;
}

interface Written {
  readonly message: readonly Uint8Array[];
  readonly about: Delivery;
}

/** The first session with a server, until it is known how it speaks. Everything behind the handshake waits for that. */
class Detection implements UpstreamLink {
  readonly #known: Known;
  readonly #events: UpstreamEvents;
  readonly #heritage: unknown;
  #link: UpstreamLink;
  /** Counts links, so that what is told says whether it is about the one that counts. */
  #links = 0;
  /** What the server is asked for now; `over` when it is known, or nothing more can be found out. */
  #asking: 'streamable' | 'sse' | 'over' = 'streamable';
  #handshake: Written | undefined;
  #behind: Written[] = [];
  /** How the server refused the handshake when it was posted. */
  #refusal: DeliveryFailure | undefined;
  #isPaused = false;

  constructor(known: Known, events: UpstreamEvents, heritage: unknown) {
    this.#known = known;
    this.#heritage = heritage;
    this.#events = events;
    this.#link = this.#connect(known.streamable, {
      ready: () => events.ready(),
      message: (bytes, via) => {
        events.message(bytes, via);
        if (this.#asking === 'streamable' && this.#handshake !== undefined) this.#found('streamable');
      },
      failed: (about, failure) => this.#failed(about, failure),
      lost: (departure) => events.lost(departure),
    });
  }

  write(message: readonly Uint8Array[], about: Delivery): boolean {
    const isBehind = this.#handshake !== undefined && this.#asking !== 'over';
    if (isBehind && this.#waits({ message, about })) return true;
    if (this.#asking === 'streamable' && !isBehind) {
      if (isHandshake(about)) this.#handshake = { message, about };
      else this.#asking = 'over';
    }
    return this.#link.write(message, about);
  }

  pause(isPaused: boolean): void {
    this.#isPaused = isPaused;
    this.#link.pause(isPaused);
  }

  closeInput(): void {
    this.#link.closeInput();
  }

  close(reason: string): void {
    this.#link.close(reason);
  }

  leave(): void {
    if (this.#link.leave === undefined) this.#link.close('another process goes on with the session');
    else this.#link.leave();
  }

  get heritage(): unknown {
    return this.#link.heritage;
  }

  get serverSession(): ServerSession | undefined {
    return this.#link.serverSession;
  }

  /** What is given up before it left need not leave. False: it cannot wait. */
  #waits(written: Written): boolean {
    const { about } = written;
    if (about.type === 'send') {
      this.#behind.push(written);
      return true;
    }
    const before = this.#behind.length;
    this.#behind = this.#behind.filter((waiting) => waiting.about.entry !== about.entry);
    return this.#behind.length < before;
  }

  #found(transport: 'streamable' | 'sse'): void {
    this.#known.transport = transport;
    this.#goOn();
  }

  #goOn(): void {
    this.#asking = 'over';
    const behind = this.#behind;
    this.#behind = [];
    for (const { message, about } of behind) this.#link.write(message, about);
  }

  #failed(about: Delivery, failure: DeliveryFailure): void {
    const isRefused =
      this.#asking === 'streamable' && about === this.#handshake?.about && failure.cause === 'unanswered';
    if (isRefused && olderStatuses.has(failure.status)) this.#askForStream(failure);
    else {
      this.#events.failed(about, failure);
      if (isRefused) this.#goOn();
    }
  }

  #askForStream(refusal: DeliveryFailure): void {
    const events = this.#events;
    this.#refusal = refusal;
    this.#asking = 'sse';
    this.#link.close('the server may speak another transport');
    this.#link = this.#connect(this.#known.sse, {
      // That messages can leave was said long ago.
      ready: () => {
        const { message, about } = this.#handshake!;
        this.#link.write(message, about);
        this.#found('sse');
      },
      message: (bytes, via) => events.message(bytes, via),
      failed: (about, failure) => events.failed(about, failure),
      lost: (departure) => {
        if (this.#asking === 'over' || departure.reason === 'closed') events.lost(departure);
        else this.#giveUp();
      },
    });
  }

  /** It speaks neither: then what it said to the handshake is its answer. */
  #giveUp(): void {
    const events = this.#events;
    this.#link = this.#connect(this.#known.streamable, {
      ready: () => {},
      message: (bytes, via) => events.message(bytes, via),
      failed: (about, failure) => events.failed(about, failure),
      lost: (departure) => events.lost(departure),
    });
    events.failed(this.#handshake!.about, this.#refusal!);
    this.#goOn();
  }

  #connect(
    connector: UpstreamConnector,
    told: Pick<UpstreamEvents, 'ready' | 'message' | 'failed' | 'lost'>,
  ): UpstreamLink {
    const events = this.#events;
    const number = ++this.#links;
    const ifCurrent =
      <TArguments extends readonly unknown[]>(tell: (...what: TArguments) => void) =>
      (...what: TArguments): void => {
        if (number === this.#links) tell(...what);
      };
    const heard: UpstreamEvents = {
      ready: ifCurrent(told.ready),
      message: ifCurrent(told.message),
      failed: ifCurrent(told.failed),
      lost: ifCurrent(told.lost),
      unreadable: ifCurrent((fault, bytes, via) => events.unreadable(fault, bytes, via)),
      parted: ifCurrent((request) => events.parted?.(request)),
      drained: ifCurrent(() => events.drained()),
      leaving: ifCurrent((departure) => events.leaving(departure)),
    };
    const link = connector.connect(heard, this.#heritage);
    if (this.#isPaused) link.pause(true);
    return link;
  }
}

/** What a client begins with, of whatever era: both ask the server who it is. */
function isHandshake(about: Delivery): boolean {
  if (about.type !== 'send' || about.entry === undefined) return false;
  const { method, isModern } = about.entry;
  return method === 'server/discover' || (method === 'initialize' && !isModern);
}
