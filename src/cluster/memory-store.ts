/**
 * The tables and mailboxes of an engine, in memory: what `Engine` promises of them, without waiting. The engine of one process
 * is made of it, and the simulated engine of the tests, which adds what networks do.
 */

import { type Bucket, Conflict, type Entry, type WatchedEntry } from './engine.ts';

export class MemoryStore {
  readonly #buckets: Readonly<Record<Bucket, Map<string, Entry>>> = {
    lease: new Map(),
    session: new Map(),
    snapshot: new Map(),
    budget: new Map(),
  };
  readonly #watchers: { readonly bucket: Bucket; readonly heard: (entry: WatchedEntry) => void }[] = [];
  #revision = 0;

  get(bucket: Bucket, key: string): Entry | undefined {
    return this.#buckets[bucket].get(key);
  }

  /** As `cas` of an engine. */
  cas(bucket: Bucket, key: string, value: string | undefined, revision: number): number {
    const table = this.#buckets[bucket];
    const found = table.get(key)?.revision ?? 0;
    if (found !== revision) throw new Conflict(`${bucket} ${key} has revision ${found}, not ${revision}`);
    this.#revision += 1;
    if (value === undefined) {
      table.delete(key);
      return 0;
    }
    const entry = { value, revision: this.#revision };
    table.set(key, entry);
    for (const watcher of this.#watchers) if (watcher.bucket === bucket) watcher.heard({ key, ...entry });
    return this.#revision;
  }

  entries(bucket: Bucket): readonly WatchedEntry[] {
    return [...this.#buckets[bucket]].map(([key, entry]) => ({ key, ...entry }));
  }

  /** Each later write; what is there already is in `entries`. Returns how to stop. */
  watch(bucket: Bucket, heard: (entry: WatchedEntry) => void): () => void {
    const watcher = { bucket, heard };
    this.#watchers.push(watcher);
    return () => {
      const at = this.#watchers.indexOf(watcher);
      if (at >= 0) this.#watchers.splice(at, 1);
    };
  }
}
