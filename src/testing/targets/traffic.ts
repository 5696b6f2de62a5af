/**
 * Sees what passes on the connections of one play, and keeps count of the answers that are owed: by the thing under test, and by us.
 * Nothing of it is decided here; when silence means the end of it is decided by quiet.ts. After the play nothing is told any more.
 */

import type { RequestId } from '../../protocol/envelope.ts';
import type { WireMessage } from '../play/history.ts';
import type { ConnectionEvents, Delivery, TargetConnection } from '../play/target.ts';
import { cancelledBy, isRequest, isResponse } from './http-messages.ts';
import type { Quiet } from './quiet.ts';

export class Traffic {
  readonly #quiet: Quiet;
  #isOver = false;

  constructor(quiet: Quiet) {
    this.#quiet = quiet;
  }

  /** The play is over. */
  end(): void {
    this.#isOver = true;
  }

  /** What its connection is to call. @param isStarting what it leads to may still be starting. */
  listener(isStarting: boolean): Listener {
    return new Listener(this.#quiet, isStarting, () => this.#isOver);
  }
}

/** One connection: what comes goes to `events`, and what is sent goes through `over`. */
export class Listener implements ConnectionEvents {
  readonly #quiet: Quiet;
  readonly #isPlayOver: () => boolean;
  readonly #hasBegun: () => void;
  readonly #owedToUs: Owed;
  readonly #owedByUs: Owed;
  #events: ConnectionEvents | undefined;
  #isOver = false;

  constructor(quiet: Quiet, isStarting: boolean, isPlayOver: () => boolean) {
    this.#quiet = quiet;
    this.#isPlayOver = isPlayOver;
    this.#hasBegun = isStarting ? quiet.starts() : () => {};
    this.#owedToUs = new Owed((change) => quiet.owes(change));
    this.#owedByUs = new Owed((change) => quiet.owes(change === 1 ? -1 : 1));
  }

  tell(events: ConnectionEvents): void {
    this.#events = events;
  }

  message(message: WireMessage, via?: number): void {
    this.#hasBegun();
    if (this.#isPlayOver() || this.#isOver) return;
    const cancelled = cancelledBy(message);
    if (isRequest(message)) this.#owedByUs.add(message.id!);
    else if (isResponse(message)) this.#owedToUs.settle(message.id ?? via);
    else if (cancelled !== undefined) this.#owedByUs.settle(cancelled);
    this.#events?.message(message, via);
  }

  unreadable(text: string, reason: string): void {
    if (!this.#isPlayOver()) this.#events?.unreadable(text, reason);
  }

  exchangeEnded(of: number, status: number): void {
    this.#owedToUs.ended(of);
    if (!this.#isPlayOver()) this.#events?.exchangeEnded(of, status);
  }

  closed(): void {
    this.#forget();
    if (!this.#isPlayOver()) this.#events?.closed();
  }

  /** The same connection, with what is sent on it seen. */
  over(connection: TargetConnection): TargetConnection {
    const abandon = connection.abandon?.bind(connection);
    return {
      send: (message, number, delivery) => {
        this.#sent(message, number, delivery);
        connection.send(message, number, delivery);
      },
      read: (isReading) => connection.read(isReading),
      ...(abandon === undefined
        ? {}
        : {
            abandon: (number: number) => {
              this.#owedToUs.ended(number);
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
    if (isResponse(message)) this.#owedByUs.settle(message.id ?? undefined);
    else if (cancelled !== undefined) this.#owedToUs.settle(cancelled);
    else if (isRequest(message) && delivery?.isDropped !== true) this.#owedToUs.add(message.id!, number);
    this.#quiet.said();
  }

  #forget(): void {
    this.#isOver = true;
    this.#hasBegun();
    this.#owedToUs.clear();
    this.#owedByUs.clear();
  }
}

/** Requests without an answer, of one direction. One id may stand for more than one of them. */
class Owed {
  readonly #change: (change: 1 | -1) => void;
  readonly #waiting: { readonly id: RequestId; readonly number: number | undefined }[] = [];

  constructor(change: (change: 1 | -1) => void) {
    this.#change = change;
  }

  add(id: RequestId, number?: number): void {
    this.#waiting.push({ id, number });
    this.#change(1);
  }

  settle(id: RequestId | undefined): void {
    this.#remove(this.#waiting.findIndex((one) => one.id === id));
  }

  ended(number: number): void {
    this.#remove(this.#waiting.findIndex((one) => one.number === number));
  }

  clear(): void {
    while (this.#waiting.length > 0) this.#remove(0);
  }

  #remove(place: number): void {
    if (place === -1) return;
    this.#waiting.splice(place, 1);
    this.#change(-1);
  }
}
