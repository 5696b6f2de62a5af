/**
 * A table from ids to values that gives no memory back and takes none anew while its size goes up and down: the engine's own
 * Map makes itself anew for every third id when there are few. Whole numbers, which nearly all ids are, stand in slots of
 * two arrays (open addressing, linear probing); strings are left to a Map.
 */

import type { IdKey } from '../protocol/ids.ts';

const slotsMin = 8;
/** A table that has been larger than this makes itself small again when it is empty. */
const slotsKept = 256;

/** Spreads neighbours, and numbers that differ in their upper bits only. The golden ratio as a fraction of 2^32. */
function hashOf(key: number): number {
  const low = key | 0;
  const hash = Math.imul(low ^ Math.trunc(key / 0x1_0000_0000), 0x9e37_79b1);
  return hash ^ (hash >>> 15);
}

const noKeys: number[] = [];
const noValues: never[] = [];

export class IdTable<V> {
  #keys = noKeys;
  #values: (V | undefined)[] = noValues;
  #numbers = 0;
  #strings: Map<string, V> | undefined;

  get size(): number {
    return this.#strings === undefined ? this.#numbers : this.#numbers + this.#strings.size;
  }

  get(key: IdKey): V | undefined {
    if (typeof key === 'string') return this.#strings?.get(key);
    if (this.#numbers === 0) return undefined;
    return this.#values[this.#slotOf(key)];
  }

  set(key: IdKey, value: V): void {
    if (typeof key === 'string') {
      (this.#strings ??= new Map()).set(key, value);
      return;
    }
    if ((this.#numbers + 1) * 2 > this.#keys.length) this.#grow();
    const slot = this.#slotOf(key);
    if (this.#values[slot] === undefined) this.#numbers++;
    this.#keys[slot] = key;
    this.#values[slot] = value;
  }

  delete(key: IdKey): void {
    if (typeof key === 'string') {
      this.#strings?.delete(key);
      return;
    }
    if (this.#numbers === 0) return;
    const slot = this.#slotOf(key);
    if (this.#values[slot] === undefined) return;
    this.#close(slot);
    this.#numbers--;
    if (this.#numbers === 0 && this.#keys.length > slotsKept) {
      this.#keys = noKeys;
      this.#values = noValues;
    }
  }

  /** In no particular order. */
  addTo(values: V[]): void {
    for (const value of this.#values) if (value !== undefined) values.push(value);
    if (this.#strings !== undefined) values.push(...this.#strings.values());
  }

  /** Where the key stands, or the free slot where it would. There is always a free one. */
  #slotOf(key: number): number {
    const mask = this.#keys.length - 1;
    let slot = hashOf(key) & mask;
    while (this.#values[slot] !== undefined && this.#keys[slot] !== key) slot = (slot + 1) & mask;
    return slot;
  }

  /** Frees the slot, and moves into it what was only pushed further by what stood there. */
  #close(freed: number): void {
    const keys = this.#keys;
    const values = this.#values;
    const mask = keys.length - 1;
    let hole = freed;
    for (let slot = (hole + 1) & mask; values[slot] !== undefined; slot = (slot + 1) & mask) {
      const home = hashOf(keys[slot]!) & mask;
      // Between its home and where it stands there must be no hole.
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
      keys[hole] = keys[slot]!;
      values[hole] = values[slot];
      hole = slot;
    }
    values[hole] = undefined;
  }

  #grow(): void {
    const keys = this.#keys;
    const values = this.#values;
    const slots = Math.max(slotsMin, keys.length * 2);
    this.#keys = Array.from({ length: slots }, () => 0);
    this.#values = Array.from<V | undefined>({ length: slots }).fill(undefined);
    for (let old = 0; old < keys.length; old++) {
      const value = values[old];
      if (value === undefined) continue;
      const slot = this.#slotOf(keys[old]!);
      this.#keys[slot] = keys[old]!;
      this.#values[slot] = value;
    }
  }
}
