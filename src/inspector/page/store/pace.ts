/**
 * How often the page shows what is new: with the pictures that the browser draws, and less often when one takes long, so that two
 * thirds of the time are left for whoever types and scrolls.
 */

export interface PaceSurroundings {
  /** Milliseconds. */
  readonly now: () => number;
  /** Does it before the browser draws next, or soon when it draws nothing. */
  readonly atPicture: (act: () => void) => void;
  readonly wait: (ms: number, act: () => void) => void;
}

/** Rest for each millisecond of work. */
const restRatio = 2;
/** However long a picture took, something new is shown after this. */
const restMsMax = 1_000;

export class Pace {
  readonly #surroundings: PaceSurroundings;
  #restsUntil = -Infinity;

  constructor(surroundings: PaceSurroundings) {
    this.#surroundings = surroundings;
  }

  /** Does it once, when it is time for it. */
  readonly later = (act: () => void): void => {
    const { now, atPicture, wait } = this.#surroundings;
    const restMs = this.#restsUntil - now();
    if (restMs > 0) wait(restMs, () => this.#do(act));
    else atPicture(() => this.#do(act));
  };

  #do(act: () => void): void {
    const { now, atPicture, wait } = this.#surroundings;
    const begun = now();
    // Nothing more is begun before it is known how long this took.
    this.#restsUntil = begun + restMsMax;
    act();
    // What has changed is drawn with the next picture; the turn after that finds it done.
    atPicture(() =>
      wait(0, () => {
        const done = now();
        this.#restsUntil = done + Math.min(restMsMax, (done - begun) * restRatio);
      }),
    );
  }
}

/** A page that is not drawn is kept up to date all the same. */
const hiddenMs = 250;

/** Of a page in a browser. */
export function pageSurroundings(): PaceSurroundings {
  const wait = (ms: number, act: () => void): void => void setTimeout(act, ms);
  return {
    now: () => performance.now(),
    wait,
    atPicture(act) {
      let isDone = false;
      const once = (): void => {
        if (!isDone) act();
        isDone = true;
      };
      requestAnimationFrame(once);
      wait(hiddenMs, once);
    },
  };
}
