/** Limits that follow what the process has left, as docs/guides/hooks.md shows them. */

import { type Runtime, defaultLimits } from '../../src/index.ts';

/** Takes fewer new sessions while memory is short. Sessions that are open stay. */
export function adapt(runtime: Runtime, freeBytes: number): void {
  const isShort = freeBytes < 200 * 1024 * 1024;
  runtime.setLimits({ sessions: isShort ? 100 : defaultLimits.sessions });
  runtime.setTimes({ sessionIdleMs: isShort ? 60_000 : 1_800_000 });
}
