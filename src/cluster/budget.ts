/**
 * One limit over all nodes. Each node has a grant, written into one cell so that the grants never add up to more; within its grant a node
 * counts by itself, in memory. A node that wants more than others leave gets up to an equal share, as theirs comes free.
 */

import type { Clock } from '../ports.ts';
import type { Incarnation } from './addresses.ts';
import { Conflict, type Engine, Unavailable } from './engine.ts';
import type { Lease } from './lease.ts';
import type { Peers } from './peers.ts';
import { type BudgetRecord, readBudget, writeRecord } from './records.ts';

/** Whoever counts what is under way on this node, and keeps to what it is granted. */
export interface Counted {
  /** How many there are. */
  readonly pending: number;
  /** From now on there may be no more than `most`; from `askFrom` on `Budget.ask` is to be called for each one more. */
  admit(most: number, askFrom: number): void;
}

export interface BudgetOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  /** From 0 up to but not including 1. */
  readonly random: () => number;
  readonly node: Incarnation;
  readonly lease: Lease;
  readonly peers: Peers;
  /** The cell, and what is counted in it. */
  readonly name: string;
  readonly total: number;
  readonly counted: Counted;
  /** How much is asked for at once; a twentieth of the total when it is not said. */
  readonly chunk?: number;
  /** How much more than is used a node keeps, up to half an equal share, so that many may come at once; half a chunk when it is not said. */
  readonly spare?: number;
}

const attemptsMax = 8;
const conflictMsMax = 10;
/** Between two questions that brought nothing. */
const restMs = 50;

export class Budget {
  readonly #options: BudgetOptions;
  readonly #chunk: number;
  readonly #spare: number;
  #granted = 0;
  /** What this node admits of its grant: an equal share while another has less than that and wants more. */
  #admitted = Infinity;
  /** So little room is worth a question. */
  #low = 0;
  #adjusting: Promise<void> | undefined;
  #restUntil = -Infinity;

  constructor(options: BudgetOptions) {
    this.#options = options;
    this.#chunk = options.chunk ?? Math.max(1, Math.ceil(options.total / 20));
    this.#spare = options.spare ?? this.#chunk / 2;
  }

  get granted(): number {
    return this.#granted;
  }

  get used(): number {
    return this.#options.counted.pending;
  }

  /** There is little room left, or none. Not sooner than it could bring anything. */
  ask(): void {
    if (this.#options.clock.now() >= this.#restUntil) void this.adjust();
  }

  /** Asks for more, or gives back what is not used; to be called now and then. Never rejects. */
  async adjust(): Promise<void> {
    this.#adjusting ??= this.#adjust().finally(() => (this.#adjusting = undefined));
    return this.#adjusting;
  }

  async #adjust(): Promise<void> {
    const { clock, random } = this.#options;
    for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
      try {
        await this.#write();
        return;
      } catch (error) {
        if (!(error instanceof Conflict)) {
          if (error instanceof Unavailable) this.#restUntil = clock.now() + restMs;
          return;
        }
        await new Promise<void>((resolve) => clock.setTimeout(resolve, random() * conflictMsMax * attempt));
      }
    }
  }

  async #write(): Promise<void> {
    const { engine, clock, name, node, lease } = this.#options;
    const entry = await engine.get('budget', name);
    const others = await this.#living(entry === undefined ? {} : (readBudget(entry.value) ?? {}));
    if (!lease.isAlive()) return;
    const before = this.#granted;
    const mine = this.#share(others);
    const own = entry === undefined ? undefined : readBudget(entry.value)?.[node];
    if (own?.granted === mine.granted && own.isShort === mine.isShort && before === mine.granted) {
      this.#grant(before);
      this.#restUntil = clock.now() + restMs;
      return;
    }
    // Less holds before it is written, more only when it is.
    this.#grant(Math.min(before, mine.granted));
    const grants = { ...others, [node]: mine };
    await engine.cas('budget', name, writeRecord({ grants }), entry === undefined ? 0 : entry.revision);
    // What was used up meanwhile was used under the smaller of the two.
    if (lease.isAlive()) this.#grant(mine.granted);
  }

  #grant(granted: number): void {
    this.#granted = granted;
    const most = Math.min(granted, this.#admitted);
    this.#options.counted.admit(most, most - this.#low);
  }

  #share(others: BudgetRecord): { readonly granted: number; readonly isShort: boolean } {
    const { total, counted } = this.#options;
    const used = counted.pending;
    const rest = Object.values(others);
    const fair = Math.floor(total / (rest.length + 1));
    const left = total - rest.reduce((sum, { granted }) => sum + granted, 0);
    const spare = Math.max(this.#chunk / 2, Math.min(this.#spare, fair / 2));
    this.#low = spare / 2;
    const isNearlyUsedUp = used + this.#low >= this.#granted;
    const idle = Math.ceil((used + spare) / this.#chunk) * this.#chunk;
    const wanted = isNearlyUsedUp ? Math.max(idle, this.#granted + this.#chunk) : idle;
    const isAnotherShort = rest.some(({ isShort, granted }) => isShort && granted < fair);
    this.#admitted = isAnotherShort ? fair : Infinity;
    const most = Math.min(wanted, this.#admitted, left);
    const granted = Math.max(used, most);
    return { granted, isShort: granted < Math.min(wanted, fair) };
  }

  /** The grants of those that still act: a dead node has stopped before it could be called dead. */
  async #living(grants: BudgetRecord): Promise<BudgetRecord> {
    const { node, peers } = this.#options;
    const living: Record<Incarnation, BudgetRecord[string]> = {};
    for (const [other, grant] of Object.entries(grants)) {
      if (other !== node && !(await peers.isDead(other))) living[other] = grant;
    }
    return living;
  }
}
