/** The time of day, for what shows ages: renewed once a second, for as long as somebody looks at it. */

import { type ReadonlySignal, signal } from '@preact/signals';

/** Milliseconds since 1970. */
export const nowMs: ReadonlySignal<number> = everySecond();

function everySecond(): ReadonlySignal<number> {
  let timer: ReturnType<typeof setInterval> | undefined;
  const now = signal(Date.now(), {
    watched() {
      now.value = Date.now();
      timer = setInterval(() => {
        now.value = Date.now();
      }, 1_000);
    },
    unwatched() {
      clearInterval(timer);
    },
  });
  return now;
}
