/** Gathers what comes in and hands it on together, so that a thousand messages cost one redraw. */

export class Batch<Item> {
  readonly #hand: (items: readonly Item[]) => void;
  readonly #later: (act: () => void) => void;
  #items: Item[] = [];

  /** @param later does what it is given, once, some time after it has returned. */
  constructor(hand: (items: readonly Item[]) => void, later: (act: () => void) => void) {
    this.#hand = hand;
    this.#later = later;
  }

  add(item: Item): void {
    this.#items.push(item);
    if (this.#items.length === 1) this.#later(() => this.#flush());
  }

  #flush(): void {
    const items = this.#items;
    this.#items = [];
    this.#hand(items);
  }
}
