/** Gathers what comes in and hands it on once for each picture that the browser draws, so that a thousand messages cost one redraw. */

/** A page that is not drawn is kept up to date all the same. */
const hiddenMs = 250;

/** Does it before the browser draws next, or soon when it draws nothing. */
export function atNextPicture(act: () => void): void {
  let isDone = false;
  const once = (): void => {
    if (isDone) return;
    isDone = true;
    clearTimeout(late);
    act();
  };
  const late = setTimeout(once, hiddenMs);
  requestAnimationFrame(once);
}

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
