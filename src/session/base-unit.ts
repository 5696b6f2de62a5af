/**
 * What every unit of work has: the time of its event, steps applied at commit, effects owed after it. A chart with a small
 * record needs no more than this.
 */

/**
 * Where nothing is owed. One list for all: an empty one of each unit's own would grow old together with its session, and
 * what is pushed onto an old list stays in memory until the next full collection.
 */
const nothing: readonly never[] = [];

export class BaseUnit<TState, TEffect> {
  isOpen = false;
  /** Milliseconds on the runtime's clock, taken from the event. */
  now = 0;
  protected readonly steps: (() => void)[] = [];
  /** Nearly every unit owes one effect or two: a list that is pushed to takes room for seventeen. */
  #firstEffect: TEffect | undefined;
  #secondEffect: TEffect | undefined;
  #moreEffects: TEffect[] | undefined;
  protected next: TState | undefined;

  begin(now: number): void {
    this.isOpen = true;
    this.now = now;
  }

  /** Applied at commit, in order. Must not throw. */
  later(step: () => void): void {
    this.steps.push(step);
  }

  effect(effect: TEffect): void {
    if (this.#firstEffect === undefined) this.#firstEffect = effect;
    else if (this.#secondEffect === undefined) this.#secondEffect = effect;
    else (this.#moreEffects ??= []).push(effect);
  }

  /** The chart went to another state in this unit. */
  enter(state: TState): void {
    this.next = state;
  }

  /** Computes what follows from the staged changes; may throw, and is then rolled back. */
  prepare(_isOwnWork: boolean): void {}

  /** Applies everything at once and returns the effects, which are now owed to the world. Cannot fail. */
  commit(): readonly TEffect[] {
    for (const step of this.steps) step();
    const effects = this.owed();
    this.close();
    return effects;
  }

  /** Forgets everything staged. The record is what it was before `begin`. */
  rollback(): void {
    this.close();
  }

  /** The effects so far, in the order in which they were staged. */
  protected owed(): readonly TEffect[] {
    const first = this.#firstEffect;
    const second = this.#secondEffect;
    if (first === undefined) return nothing;
    if (second === undefined) return [first];
    return this.#moreEffects === undefined ? [first, second] : [first, second, ...this.#moreEffects];
  }

  protected close(): void {
    if (this.steps.length > 0) this.steps.length = 0;
    this.#firstEffect = undefined;
    this.#secondEffect = undefined;
    this.#moreEffects = undefined;
    this.next = undefined;
    this.isOpen = false;
  }
}
