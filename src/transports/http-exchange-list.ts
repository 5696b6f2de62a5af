/**
 * The exchanges of one session that are under way, linked into each other. No Set: the engine makes one that things enter and
 * leave all the time anew every few times, and what it leaves behind keeps what was in it from being collected.
 */

import type { HttpExchange } from './http-exchange.ts';

export class ExchangeList {
  #first: HttpExchange | undefined = undefined;

  /** There are others than this one. */
  hasOthers(exchange: HttpExchange): boolean {
    return this.#first !== undefined && (this.#first !== exchange || exchange.listNext !== undefined);
  }

  /** It must stand in no list. */
  add(exchange: HttpExchange): void {
    exchange.listNext = this.#first;
    if (this.#first !== undefined) this.#first.listPrevious = exchange;
    this.#first = exchange;
  }

  /** It must stand in this list, or in none. */
  remove(exchange: HttpExchange): void {
    const { listPrevious, listNext } = exchange;
    if (listPrevious !== undefined) listPrevious.listNext = listNext;
    else if (this.#first === exchange) this.#first = listNext;
    if (listNext !== undefined) listNext.listPrevious = listPrevious;
    exchange.listPrevious = undefined;
    exchange.listNext = undefined;
  }

  /** Takes out all there are, the newest first. */
  *takeAll(): IterableIterator<HttpExchange> {
    for (let exchange = this.#first; exchange !== undefined; exchange = this.#first) {
      this.remove(exchange);
      yield exchange;
    }
  }
}
