/** Lets work through, and stops it for a moment when everything under way has come to its end. */

export class Gate {
  #inside = 0;
  #isOpen = true;
  #whenEmpty: (() => void) | undefined;
  readonly #outside: (() => void)[] = [];

  /** Does the work once the gate is open. */
  async through<T>(work: () => Promise<T>): Promise<T> {
    while (!this.#isOpen) await new Promise<void>((resolve) => this.#outside.push(resolve));
    this.#inside += 1;
    try {
      return await work();
    } finally {
      this.#inside -= 1;
      if (this.#inside === 0) this.#whenEmpty?.();
    }
  }

  /** Lets nothing more in; resolves when nothing is inside. */
  async close(): Promise<void> {
    this.#isOpen = false;
    if (this.#inside > 0) await new Promise<void>((resolve) => (this.#whenEmpty = resolve));
    this.#whenEmpty = undefined;
  }

  open(): void {
    this.#isOpen = true;
    for (const resolve of this.#outside.splice(0)) resolve();
  }
}
