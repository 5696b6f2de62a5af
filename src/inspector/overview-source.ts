/**
 * The sessions of a process as a table that changes: what changed since it was asked last, and all of it for who comes anew. Looks at
 * sessions that something happened to, and at those whose rate falls as time passes; at no others.
 */

import type { TracedSession } from '../observe/traced-session.ts';
import type { TraceRing } from '../observe/trace-ring.ts';
import type { TotalsSnapshot } from '../runtime/totals.ts';
import type { Overview, SessionRow } from './feed-messages.ts';
import { sessionRow } from './session-row.ts';

export interface OverviewSurroundings {
  readonly ring: TraceRing;
  readonly totals: () => TotalsSnapshot;
  readonly now: () => number;
  /** How often rates are looked at that fall by themselves. */
  readonly renewMs: number;
}

/** As it is for every viewer: how much one of them missed, it is told besides. */
export type OverviewPart = Omit<Overview, 'dropped'>;

/** Over so long the events are counted that make up the rate. */
const rateMs = 1000;

export class OverviewSource {
  readonly #surroundings: OverviewSurroundings;
  readonly #changed = new Set<TracedSession>();
  readonly #moving = new Set<TracedSession>();
  readonly #stop: () => void;
  #samples: { readonly at: number; readonly seq: number }[] = [];
  #renewedAt: number;
  /** How many messages without a session those who watch have been told of. */
  #unplacedTold: number;

  /** @param changed called when something happens that will show; on the path of an event. */
  constructor(surroundings: OverviewSurroundings, changed: () => void) {
    const { ring } = surroundings;
    this.#surroundings = surroundings;
    this.#renewedAt = surroundings.now();
    this.#unplacedTold = ring.unplacedFrames.count;
    this.#sample(this.#renewedAt);
    for (const session of ring.sessions()) if (!session.hasEnded) this.#moving.add(session);
    let last: TracedSession | undefined;
    const stopEvents = ring.watch((session) => {
      if (session === last && this.#changed.has(session)) return;
      last = session;
      this.#changed.add(session);
      changed();
    });
    const stopUnplaced = ring.unplacedFrames.watch(changed);
    this.#stop = () => {
      stopEvents();
      stopUnplaced();
    };
  }

  /** Something has changed, or will change by itself. */
  get isMoving(): boolean {
    return this.#changed.size > 0 || this.#moving.size > 0 || this.#rate() > 0;
  }

  whole(): OverviewPart {
    const { ring, now } = this.#surroundings;
    const open = [...ring.sessions()].filter(({ hasEnded }) => !hasEnded);
    return this.#part(
      true,
      open.map(({ record }) => sessionRow(record, now())),
      [],
    );
  }

  /** What changed since it was asked last; undefined: nothing did. */
  changes(): OverviewPart | undefined {
    const now = this.#surroundings.now();
    const hadRate = this.#rate() > 0;
    this.#sample(now);
    const isRenewed = now - this.#renewedAt >= this.#surroundings.renewMs;
    if (isRenewed) this.#renewedAt = now;
    const hasUnplaced = this.#surroundings.ring.unplacedFrames.count !== this.#unplacedTold;
    if (this.#changed.size === 0 && !isRenewed && !hadRate && !hasUnplaced) return undefined;
    const looked = isRenewed ? new Set([...this.#changed, ...this.#moving]) : new Set(this.#changed);
    this.#changed.clear();
    const rows: SessionRow[] = [];
    const gone: string[] = [];
    for (const session of looked) {
      const row = sessionRow(session.record, now);
      rows.push(row);
      if (session.hasEnded) gone.push(row.id);
      if (row.framesPerSecond > 0 && !session.hasEnded) this.#moving.add(session);
      else this.#moving.delete(session);
    }
    return this.#part(false, rows, gone);
  }

  stop(): void {
    this.#stop();
  }

  #part(isWhole: boolean, sessions: readonly SessionRow[], gone: readonly string[]): OverviewPart {
    const { ring, totals, now } = this.#surroundings;
    const { sessionsByState, transitions } = totals();
    const { unplacedFrames } = ring;
    const hasUnplaced = isWhole ? unplacedFrames.count > 0 : unplacedFrames.count !== this.#unplacedTold;
    if (!isWhole) this.#unplacedTold = unplacedFrames.count;
    return {
      type: 'overview',
      at: now(),
      isWhole,
      sessions,
      gone,
      sessionsByState,
      transitions,
      dwellMs: ring.stays.times(),
      eventsPerSecond: this.#rate(),
      ...(hasUnplaced ? { unplaced: { count: unplacedFrames.count, newest: unplacedFrames.newest() } } : {}),
    };
  }

  #sample(at: number): void {
    this.#samples.push({ at, seq: this.#surroundings.ring.newestSeq });
    const oldest = this.#samples.findLastIndex((sample) => at - sample.at >= rateMs);
    if (oldest > 0) this.#samples = this.#samples.slice(oldest);
  }

  #rate(): number {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (first === undefined || last === undefined || last.at === first.at) return 0;
    return ((last.seq - first.seq) * 1000) / (last.at - first.at);
  }
}
