/**
 * Who is at a shared server, and who of them can be meant by what it says. An id of a member's range means that member; where
 * there is no such id, the one member whose requests the server works on. While nobody else has been here, everything is about
 * the first one. Two who could be meant are nobody: it is never a guess.
 */

import type { RequestId } from '../protocol/envelope.ts';
import { sharerOf, sharersMax } from '../session/id-range.ts';
import { listen } from '../session/limits.ts';
import type { PendingEntry } from '../session/pending.ts';
import type { SharedMember } from './shared-member.ts';

export class SharedCrowd {
  readonly #members = new Map<number, SharedMember>();
  /** Those with requests that the server works on, streams that they listen to left aside. */
  readonly #busy = new Set<SharedMember>();
  /** Whom the server asked what it waits for, by its own ids. */
  readonly #asked = new Map<RequestId, SharedMember>();
  #first: SharedMember | undefined;
  #hasHadOthers = false;

  get size(): number {
    return this.#members.size;
  }

  has(number: number): boolean {
    return this.#members.has(number);
  }

  /** A list of its own: whoever is told something may leave. */
  all(): readonly SharedMember[] {
    return [...this.#members.values()];
  }

  joins(member: SharedMember): void {
    if (this.#first === undefined) this.#first = member;
    else this.#hasHadOthers = true;
    this.#members.set(member.number, member);
  }

  /** Returns what the server still wants to know of the member. */
  leaves(member: SharedMember): readonly RequestId[] {
    this.#members.delete(member.number);
    this.#busy.delete(member);
    const questions = [...this.#asked].filter(([, asked]) => asked === member).map(([id]) => id);
    for (const id of questions) this.#asked.delete(id);
    return questions;
  }

  /** Tells the one for which the most is kept all that is kept. False: nothing is kept for anybody. */
  overrunSlowest(): boolean {
    let slowest: SharedMember | undefined;
    for (const member of this.#members.values()) if (member.keptBytes > (slowest?.keptBytes ?? 0)) slowest = member;
    slowest?.overrun();
    return slowest !== undefined;
  }

  /** The server begins to work on a request of the member. */
  started(member: SharedMember, { sentId, budget }: PendingEntry): void {
    if (budget === listen) member.streams.set(sentId, true);
    else {
      member.calls.add(sentId);
      this.#busy.add(member);
    }
  }

  /** It is answered, or the server was told to stop. Works on as many do all the same: nothing on the wire tells. */
  ended(member: SharedMember, id: RequestId): void {
    member.streams.delete(id);
    if (member.calls.delete(id) && member.calls.size === 0) this.#busy.delete(member);
  }

  // --- what the server asks --------------------------------------------------------------------------------------

  asks(member: SharedMember, id: RequestId): void {
    this.#asked.set(id, member);
  }

  /** The member that has this question of the server's. */
  askedOf(id: RequestId): SharedMember | undefined {
    return this.#asked.get(id);
  }

  /** The question is answered, or the server does not want to know any more. */
  askedNoMore(id: RequestId): void {
    this.#asked.delete(id);
  }

  // --- who is meant ------------------------------------------------------------------------------------------------

  /** The one that is here, when nobody else has ever been. */
  get only(): SharedMember | undefined {
    return this.#hasHadOthers ? undefined : this.#first;
  }

  /** The one that can be the cause of what names nobody. */
  get cause(): SharedMember | undefined {
    if (this.only !== undefined) return this.only;
    const [first] = this.#busy;
    return this.#busy.size === 1 ? first : undefined;
  }

  /** Whose id it is. `gone`: of one that was here. */
  memberOf(id: RequestId): SharedMember | 'gone' | undefined {
    const sharer = sharerOf(id);
    const member = sharer === undefined ? undefined : (this.#members.get(sharer) ?? this.only);
    if (member !== undefined) return member;
    return sharer !== undefined && sharer > 0 && sharer <= sharersMax ? 'gone' : this.only;
  }
}
