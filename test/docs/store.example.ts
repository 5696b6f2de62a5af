/** What sessions leave behind, kept, as docs/guides/hooks.md shows it. */

import { type Runtime, type SessionSnapshot, readSnapshot } from '../../src/index.ts';

/** A Map, or a table of a database with the same methods. */
export interface Store {
  get(sessionId: string): string | undefined;
  set(sessionId: string, json: string): unknown;
  delete(sessionId: string): unknown;
}

/** Keeps what each session was in the end, for the `keepMax` that ended last. Returns how to stop. */
export function keepEnded(runtime: Runtime, store: Store, keepMax = 1000): () => void {
  const kept: string[] = [];
  return runtime.observe((seen) => {
    if (seen.type !== 'session-ended') return;
    store.set(seen.sessionId, JSON.stringify(seen.snapshot));
    kept.push(seen.sessionId);
    if (kept.length > keepMax) store.delete(kept.shift()!);
  });
}

/** Throws a LocalError when what was kept is no snapshot, or of a version that this release does not know. */
export function readEnded(store: Store, sessionId: string): SessionSnapshot | undefined {
  const json = store.get(sessionId);
  return json === undefined ? undefined : readSnapshot(JSON.parse(json));
}
