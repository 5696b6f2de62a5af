/**
 * One server for several sessions: each opens with a connector of its own, and all use one connection, which is made for the
 * first and ends with the last. A server that was lost is reached again by the first that connects again. Who may share is
 * decided by whoever hands the connectors out.
 */

import type { Clock, Log, UpstreamConnector, UpstreamEvents, UpstreamLink } from '../ports.ts';
import { idBaseOf, sharersMax } from '../session/id-range.ts';
import { SharedConnection } from './shared-connection.ts';
import type { HandshakeMemory } from './shared-handshake.ts';
import { SharedMember } from './shared-member.ts';
import type { SharedCounts } from './shared-routing.ts';

export interface SharedServerOptions {
  /** How the server is reached, over one pipe: a child process, a WebSocket. */
  readonly connector: UpstreamConnector;
  readonly clock: Clock;
  readonly log: Log;
  /**
   * Bytes kept for sessions that do not read, all together; above it the server is not read until they do. Default 16 MiB.
   */
  readonly bufferBytesMax?: number;
  /**
   * How long other sessions wait for one that does not read. Then it is told all the same, and its own limits decide what
   * becomes of it. Default 10 s.
   */
  readonly stallMs?: number;
}

const defaultBufferBytesMax = 16 * 1024 * 1024;
const defaultStallMs = 10_000;

/**
 * What sessions have in common by sharing: the handshake of whoever came first, and with it what the server takes its clients
 * to be capable of; the log level, as whoever set it last; whatever the server itself keeps for its one client, such as tasks
 * that it lists. It cannot tell a request that it goes on with after a cancellation from those of others: what it then asks or
 * logs may be taken for another session's. So only sessions that may know of each other should share.
 */
export class SharedServer {
  readonly #options: SharedServerOptions;
  readonly #counts: SharedCounts = { unattributed: 0, late: 0, droppedLogs: 0, refusedQuestions: 0 };
  readonly #memory: HandshakeMemory = { request: undefined };
  #connection: SharedConnection | undefined;
  /** They came while the server was on its way out; the next connection is theirs. */
  readonly #waiting: SharedMember[] = [];
  #lastNumber = 0;

  constructor(options: SharedServerOptions) {
    this.#options = options;
  }

  /** What the server said to no session so far. */
  get counts(): Readonly<SharedCounts> {
    return { ...this.#counts };
  }

  /** For one session, which may connect with it as often as its restart policy allows. */
  member(): UpstreamConnector {
    const number = this.#freeNumber();
    return { idBase: idBaseOf(number), connect: (events) => this.#connect(number, events) };
  }

  #connect(number: number, events: UpstreamEvents): UpstreamLink {
    const member = new SharedMember(number, events);
    if (this.#isTaken(number)) member.refuse();
    // Two at a time could get into each other's way: who shares a server may do so because there can be only one.
    else if (this.#connection?.isEnding === true) this.#waiting.push(member);
    else this.#join(member);
    return member;
  }

  #join(member: SharedMember): void {
    const connection = this.#connection ?? this.#open();
    this.#connection = connection.isOver ? undefined : connection;
    connection.join(member);
  }

  #open(): SharedConnection {
    const { connector, clock, log, bufferBytesMax = defaultBufferBytesMax, stallMs = defaultStallMs } = this.#options;
    return new SharedConnection({
      connector,
      clock,
      log,
      bufferBytesMax,
      stallMs,
      memory: this.#memory,
      counts: this.#counts,
      onOver: () => {
        this.#connection = undefined;
        for (const member of this.#waiting.splice(0)) if (member.isHere) this.#join(member);
      },
    });
  }

  /** Numbers go round, so that one is not given again while answers for its last owner may be under way. */
  #freeNumber(): number {
    do this.#lastNumber = (this.#lastNumber % sharersMax) + 1;
    while (this.#isTaken(this.#lastNumber));
    return this.#lastNumber;
  }

  #isTaken(number: number): boolean {
    return (
      this.#connection?.has(number) === true ||
      this.#waiting.some((member) => member.isHere && member.number === number)
    );
  }
}
