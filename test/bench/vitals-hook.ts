/**
 * Loaded into a proxy before it starts (`node --expose-gc --import`): on SIGUSR2 it collects its garbage and says on standard
 * error what it keeps, in a line that stays short however much that is. The proxy itself knows nothing of it.
 */

import { writeSync } from 'node:fs';

/** What a process keeps. */
export interface Vitals {
  readonly heapBytes: number;
  readonly rssBytes: number;
  /** Sockets, timers, children and whatever else keeps a process of Node alive. */
  readonly handles: number;
}

process.on('SIGUSR2', () => {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  const vitals: Vitals = {
    heapBytes: heapUsed + external,
    rssBytes: rss,
    handles: process.getActiveResourcesInfo().length,
  };
  writeSync(2, `${JSON.stringify({ message: 'vitals', vitals })}\n`);
});
