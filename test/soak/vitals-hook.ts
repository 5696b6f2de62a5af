/**
 * Loaded into a proxy before it starts (`node --expose-gc --import`): on SIGUSR2 it collects its garbage and says on standard
 * error how it is. The proxy itself knows nothing of it.
 */

import { writeSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

const delay = monitorEventLoopDelay({ resolution: 10 });
delay.enable();

process.on('SIGUSR2', () => {
  const delayMs = { p99: delay.percentile(99) / 1e6, max: delay.max / 1e6 };
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  const resources = process.getActiveResourcesInfo();
  const vitals = { heapBytes: heapUsed + external, rssBytes: rss, resources, delayMs };
  writeSync(2, `${JSON.stringify({ message: 'vitals', vitals })}\n`);
  // The collection that was just asked for is not the proxy's delay.
  delay.reset();
});
