/** Time on the port's clock, for what waits for somebody who may never come. */

import type { Clock } from '../ports.ts';

export async function waited(delayMs: number, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    clock.setTimeout(resolve, delayMs);
  });
}
