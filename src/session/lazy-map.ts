/**
 * A map that takes no memory until something is in it. A session has a dozen maps and most sessions fill two; an empty Map
 * costs some 200 bytes and its share of garbage collection.
 */

const empty: ReadonlyMap<never, never> = new Map<never, never>();

export class LazyMap<K, V> {
  #map: Map<K, V> | undefined = undefined;

  get size(): number {
    return this.#map === undefined ? 0 : this.#map.size;
  }

  get(key: K): V | undefined {
    return this.#map?.get(key);
  }

  has(key: K): boolean {
    return this.#map?.has(key) === true;
  }

  set(key: K, value: V): void {
    (this.#map ??= new Map()).set(key, value);
  }

  delete(key: K): boolean {
    return this.#map?.delete(key) === true;
  }

  clear(): void {
    this.#map = undefined;
  }

  values(): IterableIterator<V> {
    return (this.#map ?? (empty as ReadonlyMap<K, V>)).values();
  }

  keys(): IterableIterator<K> {
    return (this.#map ?? (empty as ReadonlyMap<K, V>)).keys();
  }
}
