/**
 * Frames that wait in their session: for an interceptor's verdict, for a delay, for an upstream that is coming back, or
 * behind another held frame of the same direction, so that order is kept. Bounded in count and bytes by the unit of work.
 */

import type { Direction, Frame } from '../protocol/envelope.ts';
import type { Alarm } from './deadlines.ts';
import { LazyMap } from './lazy-map.ts';
import type { Deliberation, Verdict } from './interception.ts';
import type { PendingEntry, Via } from './pending.ts';

/** What a held frame waits for. A frame whose verdict is known and whose delay is over waits only for its turn. */
export class HeldFrame implements Alarm {
  readonly alarmKind = 'held';
  readonly sessionId: string;
  readonly ticket: number;
  readonly direction: Direction;
  readonly frame: Frame;
  /** The request's own entry; for a response, the entry that it answers; none for a notification. */
  readonly entry: PendingEntry | undefined;
  verdict: Verdict | undefined;
  /** How far the decision has come, where one is awaited. */
  readonly deliberation: Deliberation | undefined;
  /** How it came. */
  readonly via: Via | undefined;
  /** It waits beside its queue: nobody waits behind it, and it waits for nobody. */
  readonly isAside: boolean;
  isDelayOver: boolean;
  dueAt = Infinity;
  alarmPrevious: Alarm | null = null;
  alarmNext: Alarm | null = null;

  constructor(
    sessionId: string,
    ticket: number,
    direction: Direction,
    frame: Frame,
    entry: PendingEntry | undefined,
    verdict: Verdict | undefined,
    deliberation?: Deliberation,
    via?: Via,
  ) {
    this.sessionId = sessionId;
    this.ticket = ticket;
    this.direction = direction;
    this.frame = frame;
    this.entry = entry;
    this.verdict = verdict;
    this.deliberation = deliberation;
    this.via = via;
    this.isAside = (verdict ?? deliberation)?.isAside === true;
    this.isDelayOver = verdict === undefined || verdict.delayMs === 0;
  }

  get isDecided(): boolean {
    return this.verdict !== undefined && this.isDelayOver;
  }
}

/** The held frames of one session, one queue for each direction, and those beside them. Insertion order is arrival order. */
export class HeldFrames {
  bytes = 0;
  readonly #fromClient = new LazyMap<number, HeldFrame>();
  readonly #fromServer = new LazyMap<number, HeldFrame>();
  readonly #aside = new LazyMap<number, HeldFrame>();

  get size(): number {
    return this.#fromClient.size + this.#fromServer.size + this.#aside.size;
  }

  queue(direction: Direction): Pick<LazyMap<number, HeldFrame>, 'size' | 'values'> {
    return this.#way(direction);
  }

  find(ticket: number): HeldFrame | undefined {
    return this.#fromClient.get(ticket) ?? this.#fromServer.get(ticket) ?? this.#aside.get(ticket);
  }

  first(direction: Direction): HeldFrame | undefined {
    for (const held of this.#way(direction).values()) return held;
    return undefined;
  }

  /** Everything of the direction that waits for nobody before it: the head of the queue, and what is beside it. */
  heads(direction: Direction): readonly HeldFrame[] {
    const first = this.first(direction);
    const aside = [...this.#aside.values()].filter((held) => held.direction === direction);
    return first === undefined ? aside : [first, ...aside];
  }

  /** Whether anything of the direction is held besides `held`. */
  hasOthers(held: HeldFrame): boolean {
    for (const other of this.#way(held.direction).values()) if (other !== held) return true;
    for (const other of this.#aside.values()) if (other !== held && other.direction === held.direction) return true;
    return false;
  }

  /** The frame held for `entry`: its request, or the response that answers it. Looks at what is held, which is bounded. */
  of(entry: PendingEntry): HeldFrame | undefined {
    for (const held of this.#fromClient.values()) if (held.entry === entry) return held;
    for (const held of this.#fromServer.values()) if (held.entry === entry) return held;
    for (const held of this.#aside.values()) if (held.entry === entry) return held;
    return undefined;
  }

  /** Everything held, in a list of its own. */
  all(): readonly HeldFrame[] {
    return [...this.#fromClient.values(), ...this.#fromServer.values(), ...this.#aside.values()];
  }

  /** Only for the unit of work, at commit. */
  insert(held: HeldFrame): void {
    this.#placeOf(held).set(held.ticket, held);
    this.bytes += held.frame.bytes.length;
  }

  /** Only for the unit of work, at commit. Returns how many bytes fewer there are. */
  remove(held: HeldFrame): number {
    const bytes = this.#placeOf(held).delete(held.ticket) ? held.frame.bytes.length : 0;
    this.bytes -= bytes;
    return bytes;
  }

  #placeOf(held: HeldFrame): LazyMap<number, HeldFrame> {
    return held.isAside ? this.#aside : this.#way(held.direction);
  }

  #way(direction: Direction): LazyMap<number, HeldFrame> {
    return direction === 'client-to-server' ? this.#fromClient : this.#fromServer;
  }
}
