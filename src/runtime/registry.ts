/**
 * Which sessions there are, and whom to part with when there is no room for one more. Opening, finding, closing, and
 * choosing a session to evict cost the same whatever their number: the candidates stand in two lists, oldest first.
 */

import type { ActorRefFrom } from 'xstate';
import type { sessionMachine } from '../../machines/session.ts';
import type { Limits } from '../session/limits.ts';
import type { SessionRecord } from '../session/record.ts';
import type { SessionHost } from './session-host.ts';

export type SessionRef = ActorRefFrom<typeof sessionMachine>;

/** A session as the supervisor keeps it: a link in the list of half-open or of quiet sessions, or in neither. */
export class Slot {
  readonly ref: SessionRef;
  readonly record: SessionRecord;
  readonly host: SessionHost;
  list: SlotList | undefined = undefined;
  previous: Slot | undefined = undefined;
  next: Slot | undefined = undefined;

  constructor(ref: SessionRef, host: SessionHost) {
    this.ref = ref;
    this.host = host;
    this.record = host.record;
  }
}

/** A doubly linked list through the slots themselves. */
export class SlotList {
  first: Slot | undefined = undefined;
  last: Slot | undefined = undefined;

  append(slot: Slot): void {
    slot.list?.remove(slot);
    slot.list = this;
    slot.previous = this.last;
    if (this.last === undefined) this.first = slot;
    else this.last.next = slot;
    this.last = slot;
  }

  remove(slot: Slot): void {
    if (slot.previous === undefined) this.first = slot.next;
    else slot.previous.next = slot.next;
    if (slot.next === undefined) this.last = slot.previous;
    else slot.next.previous = slot.previous;
    slot.list = undefined;
    slot.previous = undefined;
    slot.next = undefined;
  }
}

/** How many sessions one principal may hold: always one, so that a small limit locks nobody out. */
export function sessionsPerPrincipal(limits: Limits): number {
  return Math.max(1, Math.floor(limits.sessions * limits.sessionsPerPrincipalRatio));
}

export type Admission = 'admitted' | 'too-many-sessions' | 'too-many-for-principal';

export class Registry {
  readonly #slots = new Map<string, Slot>();
  readonly #perPrincipal = new Map<string, number>();
  /** Sessions that have not been served yet, in the order in which they opened. */
  readonly #halfOpen = new SlotList();
  /** Served sessions without pending requests or open stream, in the order in which they became quiet. */
  readonly #quiet = new SlotList();

  get size(): number {
    return this.#slots.size;
  }

  get(id: string): Slot | undefined {
    return this.#slots.get(id);
  }

  /** The session's slot without looking for it. */
  slotOf(record: SessionRecord): Slot | undefined {
    return record.place as Slot | undefined;
  }

  values(): IterableIterator<Slot> {
    return this.#slots.values();
  }

  countOf(principal: string): number {
    return this.#perPrincipal.get(principal) ?? 0;
  }

  /** How many sessions are booked for each principal. */
  principals(): ReadonlyMap<string, number> {
    return this.#perPrincipal;
  }

  add(slot: Slot): void {
    const { record } = slot;
    this.#slots.set(record.id, slot);
    record.place = slot;
    if (record.principal !== undefined) this.#perPrincipal.set(record.principal, this.countOf(record.principal) + 1);
    this.#halfOpen.append(slot);
  }

  remove(id: string): Slot | undefined {
    const slot = this.#slots.get(id);
    if (slot === undefined) return undefined;
    this.#slots.delete(id);
    slot.record.place = undefined;
    slot.list?.remove(slot);
    const { principal } = slot.record;
    if (principal !== undefined) {
      const left = this.countOf(principal) - 1;
      if (left === 0) this.#perPrincipal.delete(principal);
      else this.#perPrincipal.set(principal, left);
    }
    return slot;
  }

  /** The session became busy or quiet, or was served for the first time: it changes its list. */
  reorder(record: SessionRecord): void {
    const slot = this.slotOf(record);
    if (slot === undefined) return;
    if (record.isBusy) slot.list?.remove(slot);
    else if (record.state === 'initializing') this.#halfOpen.append(slot);
    else this.#quiet.append(slot);
  }

  /** Whether one more session fits beside those that are open. */
  admission(principal: string | undefined, limits: Limits): Admission {
    if (principal !== undefined) {
      if (this.countOf(principal) >= sessionsPerPrincipal(limits)) return 'too-many-for-principal';
    }
    return this.size < limits.sessions ? 'admitted' : 'too-many-sessions';
  }

  /**
   * The session to part with: the oldest that never began to be served, if it had `halfOpenMs` to do so; else the one that
   * has been quiet longest. Never a busy one. `undefined`: there is nobody to part with.
   */
  evictable(now: number, halfOpenMs: number): Slot | undefined {
    const halfOpen = this.#halfOpen.first;
    if (halfOpen !== undefined && now - halfOpen.record.openedAt >= halfOpenMs) return halfOpen;
    return this.#quiet.first;
  }
}
