/** What sessions leave behind, kept, as docs/guides/hooks.md shows it. */

import type { Runtime, SessionSnapshot } from '../../src/index.ts';

/** A table of a database has the same two methods. */
export interface Store {
  set(sessionId: string, snapshot: SessionSnapshot): unknown;
  delete(sessionId: string): unknown;
}

/** Keeps what each session was in the end, for the `keepMax` that ended last. Returns how to stop. */
export function keepEnded(runtime: Runtime, store: Store, keepMax = 1000): () => void {
  const kept: string[] = [];
  return runtime.observe((seen) => {
    if (seen.type !== 'session-ended') return;
    store.set(seen.sessionId, seen.snapshot);
    kept.push(seen.sessionId);
    if (kept.length > keepMax) store.delete(kept.shift()!);
  });
}
