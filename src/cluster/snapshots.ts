/**
 * What sessions have saved, so that another node can open them. Each record says under which claim it was written, and whoever
 * takes a key over writes it anew first: a late write of the owner before then meets a revision that it does not know.
 */

import { Conflict, type Engine, type Entry, Unavailable } from './engine.ts';
import type { Lease } from './lease.ts';
import { type OwnedKey, StaleOwner } from './owned-session.ts';
import { readSnapshot, writeRecord } from './records.ts';

export interface SnapshotStore {
  /** @throws Unavailable */
  load(key: OwnedKey): Promise<string | undefined>;
  /** @throws StaleOwner, Unavailable */
  save(key: OwnedKey, epoch: number, body: string): Promise<void>;
}

interface Slot {
  revision: number;
  /** The write that is under way, and the one that follows it: a third takes the place of the second. */
  writing: Promise<void> | undefined;
  next: { body: string; readonly written: Promise<void> } | undefined;
  /** The key is over: what has not been written is not to be. */
  isOver: boolean;
}

const attemptsMax = 5;

export class Snapshots implements SnapshotStore {
  readonly #engine: Engine;
  readonly #lease: Lease;
  readonly #slots = new Map<OwnedKey, Slot>();

  constructor(engine: Engine, lease: Lease) {
    this.#engine = engine;
    this.#lease = lease;
  }

  load: SnapshotStore['load'] = async (key) => {
    const entry = await this.#engine.get('snapshot', key);
    return entry === undefined ? undefined : readSnapshot(entry.value)?.body;
  };

  /**
   * What was saved, now under a new claim. Undefined: nothing was, which is known for certain.
   * @throws StaleOwner, Unavailable, Conflict.
   */
  async adopt(key: OwnedKey, epoch: number): Promise<string | undefined> {
    for (let attempt = 1; ; attempt += 1) {
      const entry = await this.#engine.get('snapshot', key);
      const body = entry === undefined ? '' : bodyUnder(entry, key, epoch);
      try {
        const revision = await this.#engine.cas(
          'snapshot',
          key,
          writeRecord({ epoch, body }),
          entry === undefined ? 0 : entry.revision,
        );
        if (entry !== undefined) {
          this.#slots.set(key, slotAt(revision));
          return body;
        }
        // That it could be written proves that there was none; a read alone may be old.
        await this.#engine.cas('snapshot', key, undefined, revision);
        return undefined;
      } catch (error) {
        if (!(error instanceof Conflict) || attempt >= attemptsMax) throw error;
      }
    }
  }

  save: SnapshotStore['save'] = async (key, epoch, body) => {
    let slot = this.#slots.get(key);
    if (slot === undefined) this.#slots.set(key, (slot = slotAt(0)));
    const { next } = slot;
    if (next !== undefined) {
      next.body = body;
      return next.written;
    }
    if (slot.writing === undefined) return this.#begin(slot, key, epoch, body);
    const place = slot;
    const before = slot.writing;
    const written = before
      .catch(() => {})
      .then(async () => {
        const latest = place.next?.body ?? body;
        place.next = undefined;
        return this.#begin(place, key, epoch, latest);
      });
    slot.next = { body, written };
    return written;
  };

  /**
   * The key is over, under the claim that it has here. To be asked again where it throws.
   * @throws Unavailable
   */
  async remove(key: OwnedKey, epoch: number): Promise<void> {
    const slot = this.#slots.get(key);
    if (slot === undefined) return;
    slot.isOver = true;
    // A write that is under way would otherwise leave behind what nobody has any more.
    await slot.writing?.catch(() => {});
    // Of a write whose answer was lost nothing is known here; what is read may be older than what is known.
    const entry = await this.#engine.get('snapshot', key);
    const isOurs = entry !== undefined && readSnapshot(entry.value)?.epoch === epoch;
    const revision = Math.max(slot.revision, isOurs ? entry.revision : 0);
    if (revision !== 0) await this.#engine.cas('snapshot', key, undefined, revision).catch(unlessConflict);
    this.#slots.delete(key);
  }

  /** Resolves when nothing of the key is being written any more, whatever came of it. */
  async written(key: OwnedKey): Promise<void> {
    const slot = this.#slots.get(key);
    await slot?.writing?.catch(() => {});
    await slot?.next?.written.catch(() => {});
  }

  /** The key is this node's no more. */
  forget(key: OwnedKey): void {
    this.#slots.delete(key);
  }

  async #begin(slot: Slot, key: OwnedKey, epoch: number, body: string): Promise<void> {
    const writing = this.#write(slot, key, epoch, body).finally(() => {
      if (slot.writing === writing) slot.writing = undefined;
    });
    slot.writing = writing;
    return writing;
  }

  async #write(slot: Slot, key: OwnedKey, epoch: number, body: string): Promise<void> {
    const value = writeRecord({ epoch, body });
    for (let attempt = 1; ; attempt += 1) {
      if (slot.isOver || !this.#lease.isAlive()) throw new StaleOwner(`The node may not write for ${key} any more`);
      try {
        slot.revision = await this.#engine.cas('snapshot', key, value, slot.revision);
        return;
      } catch (error) {
        if (attempt >= attemptsMax || !(error instanceof Conflict || error instanceof Unavailable)) throw error;
        const entry = await this.#engine.get('snapshot', key);
        if (entry !== undefined) bodyUnder(entry, key, epoch);
        slot.revision = entry?.revision ?? 0;
        // It was written, and the answer was lost.
        if (entry?.value === value) return;
      }
    }
  }
}

function slotAt(revision: number): Slot {
  return { revision, writing: undefined, next: undefined, isOver: false };
}

/** Somebody else has written it since, and it is theirs. */
function unlessConflict(error: unknown): void {
  if (!(error instanceof Conflict)) throw error;
}

/** @throws StaleOwner it was written under a later claim, or by another release. */
function bodyUnder({ value }: Entry, key: OwnedKey, epoch: number): string {
  const record = readSnapshot(value);
  if (record === undefined || record.epoch > epoch)
    throw new StaleOwner(`${key} has a later owner than claim ${epoch}`);
  return record.body;
}
