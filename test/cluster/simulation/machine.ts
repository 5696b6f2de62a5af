/**
 * A simulated machine: a clock of its own that goes too fast or too slow, and the ways in which a machine lets its program down. What
 * would call into the program goes through `run`.
 */

import type { Clock, TimerHandle } from '../../../src/ports.ts';
import type { EngineState } from '../../../src/cluster/engine.ts';
import type { World } from './world.ts';

export class Machine {
  readonly name: string;
  readonly clock: Clock;
  isDead = false;
  /** No packet leaves or arrives. */
  isCut = false;
  /** Set while its engine has told it that the connection is lost. */
  knowsItIsDown = false;
  tellState: ((state: EngineState) => void) | undefined;
  readonly #world: World;
  readonly #rate: number;
  #isPaused = false;
  #missed: (() => void)[] = [];

  constructor(name: string, world: World, rate: number) {
    this.name = name;
    this.#world = world;
    this.#rate = rate;
    this.clock = {
      now: () => world.now * rate,
      wallTime: () => world.now * rate,
      setTimeout: (callback, delayMs) => this.later(delayMs, callback),
      clearTimeout: (handle) => {
        if (!(handle instanceof Timer)) return;
        // It may be among what a machine that stands still has missed.
        handle.isSet = false;
        world.clock.clearTimeout(handle.handle);
      },
    };
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  run(act: () => void): void {
    if (this.isDead) return;
    if (this.#isPaused) {
      this.#missed.push(act);
      return;
    }
    this.#world.isTouched = true;
    act();
  }

  /** By the machine's own clock. */
  later(ms: number, act: () => void): Timer {
    const timer = new Timer();
    timer.handle = this.#world.after(ms / this.#rate, () =>
      this.run(() => {
        if (timer.isSet) act();
      }),
    );
    return timer;
  }

  async wait(ms: number): Promise<void> {
    await new Promise<void>((resolve) => this.later(ms, resolve));
  }

  tell(state: EngineState): void {
    this.run(() => {
      this.knowsItIsDown = state === 'down';
      this.tellState?.(state);
    });
  }

  pause(): void {
    this.#isPaused = true;
  }

  /** What was missed comes in any order: timers may come after frames that arrived later. */
  resume(): void {
    this.#isPaused = false;
    const missed = this.#missed;
    this.#missed = [];
    while (missed.length > 0) {
      const [act] = missed.splice(this.#world.chance.between(0, missed.length - 1), 1);
      this.#world.after(0, () => this.run(act!));
    }
  }
}

class Timer {
  handle: TimerHandle;
  isSet = true;
}
