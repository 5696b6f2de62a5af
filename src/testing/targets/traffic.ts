/**
 * Sees what passes on the connections of one play, and tells how many answers are owed to us. What a proxy is asked by us it asks of
 * us again: what we have not answered there, nobody owes us. Nothing of it is decided here; when silence means the end of it is decided
 * by quiet.ts. After the play nothing is told any more.
 */

import type { RequestId } from '../../protocol/envelope.ts';
import type { WireMessage } from '../play/history.ts';
import { listenMethod } from '../play/listening.ts';
import { markOf } from '../play/marks.ts';
import type { ConnectionEvents, Delivery, TargetConnection } from '../play/target.ts';
import { cancelledBy, isRequest, isResponse } from './http-messages.ts';
import type { Quiet } from './quiet.ts';

type Role = 'client' | 'server';

/** A request without an answer. */
interface Waiting {
  readonly listener: Listener;
  readonly role: Role;
  readonly id: RequestId;
  /** The number under which it was sent. */
  readonly number: number | undefined;
  /** What it carries wherever it is passed on to, as it is on the wire: see marks.ts. */
  readonly mark: number | undefined;
}

/** Requests without an answer, of one direction. One id may stand for more than one of them. */
class Unanswered {
  readonly all: Waiting[] = [];

  add(waiting: Waiting): void {
    this.all.push(waiting);
  }

  /** The first that is so. */
  settle(isIt: (waiting: Waiting) => boolean): void {
    const place = this.all.findIndex(isIt);
    if (place !== -1) this.all.splice(place, 1);
  }

  forget(listener: Listener): void {
    const kept = this.all.filter((waiting) => waiting.listener !== listener);
    this.all.splice(0, Infinity, ...kept);
  }
}

export class Traffic {
  readonly #quiet: Quiet;
  /** What we asked, and what we were asked. */
  readonly ours = new Unanswered();
  readonly theirs = new Unanswered();
  isOver = false;

  constructor(quiet: Quiet) {
    this.#quiet = quiet;
    quiet.watch(() => this.owed());
  }

  /** The play is over. */
  end(): void {
    this.isOver = true;
  }

  /** How many answers we wait for that do not wait for us. */
  owed(): number {
    return this.#owedTo('client') + this.#owedTo('server');
  }

  /** What a connection is to call. @param isStarting what it leads to may still be starting. */
  listener(role: Role, isStarting: boolean): Listener {
    return new Listener(this, this.#quiet, role, isStarting);
  }

  #owedTo(role: Role): number {
    const held = this.theirs.all.filter((waiting) => waiting.role !== role);
    const marks = new Set(held.flatMap(({ mark }) => mark ?? []));
    const asked = this.ours.all.filter((waiting) => waiting.role === role);
    const open = asked.filter(({ mark }) => mark === undefined || !marks.has(mark));
    // What came without its mark is one of those that we asked: nobody can tell which.
    return Math.max(0, open.length - held.filter(({ mark }) => mark === undefined).length);
  }
}

/** One connection: what comes goes to `events`, and what is sent goes through `over`. */
export class Listener implements ConnectionEvents {
  readonly #traffic: Traffic;
  readonly #quiet: Quiet;
  readonly #role: Role;
  readonly #hasBegun: () => void;
  #events: ConnectionEvents | undefined;
  #isOver = false;

  constructor(traffic: Traffic, quiet: Quiet, role: Role, isStarting: boolean) {
    this.#traffic = traffic;
    this.#quiet = quiet;
    this.#role = role;
    this.#hasBegun = isStarting ? quiet.starts() : () => {};
  }

  tell(events: ConnectionEvents): void {
    this.#events = events;
  }

  message(message: WireMessage, via?: number): void {
    this.#hasBegun();
    if (this.#traffic.isOver || this.#isOver) return;
    const cancelled = cancelledBy(message);
    if (isRequest(message)) this.#traffic.theirs.add(this.#waiting(message, undefined));
    else if (isResponse(message))
      this.#settleOurs(({ id, number }) => (via === undefined ? id === message.id : number === via));
    else if (cancelled !== undefined) this.#settleTheirs(({ id }) => id === cancelled);
    this.#events?.message(message, via);
  }

  unreadable(text: string, reason: string): void {
    if (!this.#traffic.isOver) this.#events?.unreadable(text, reason);
  }

  exchangeEnded(of: number, status: number): void {
    this.#settleOurs(({ number }) => number === of);
    if (!this.#traffic.isOver) this.#events?.exchangeEnded(of, status);
  }

  closed(): void {
    this.#forget();
    if (!this.#traffic.isOver) this.#events?.closed();
  }

  /** The same connection, with what is sent on it seen. */
  over(connection: TargetConnection): TargetConnection {
    const abandon = connection.abandon?.bind(connection);
    return {
      send: (message, number, delivery) => {
        this.#sent(message, number, delivery);
        connection.send(message, number, delivery);
      },
      read: (isReading) => {
        connection.read(isReading);
        if (isReading) this.#quiet.hopes();
      },
      ...(abandon === undefined
        ? {}
        : {
            abandon: (number: number) => {
              this.#settleOurs((waiting) => waiting.number === number);
              abandon(number);
            },
          }),
      close: () => {
        this.#forget();
        connection.close();
      },
      cut: () => {
        this.#forget();
        connection.cut();
      },
    };
  }

  #sent(message: WireMessage, number: number, delivery: Delivery | undefined): void {
    if (this.#isOver) return;
    const cancelled = cancelledBy(message);
    if (isResponse(message)) this.#settleTheirs(({ id }) => id === message.id);
    else if (cancelled !== undefined) this.#settleOurs(({ id }) => id === cancelled);
    // Who listens waits for no answer.
    else if (isRequest(message) && message.method !== listenMethod && delivery?.isDropped !== true)
      this.#traffic.ours.add(this.#waiting(message, number));
    this.#quiet.said();
  }

  #waiting(message: WireMessage, number: number | undefined): Waiting {
    return { listener: this, role: this.#role, id: message.id!, number, mark: markOf(message) };
  }

  #settleOurs(isIt: (waiting: Waiting) => boolean): void {
    this.#traffic.ours.settle((waiting) => waiting.listener === this && isIt(waiting));
  }

  #settleTheirs(isIt: (waiting: Waiting) => boolean): void {
    this.#traffic.theirs.settle((waiting) => waiting.listener === this && isIt(waiting));
  }

  #forget(): void {
    this.#isOver = true;
    this.#hasBegun();
    this.#traffic.ours.forget(this);
    this.#traffic.theirs.forget(this);
  }
}
