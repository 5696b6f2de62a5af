/**
 * One event = one unit of work (S6, S10). Update actions stage what they want; nothing of it is visible to anybody else
 * until `commit`, which cannot fail, and nothing of it remains after `rollback`. Reads see the unit's own writes.
 *
 * Staged are: entries put into and taken from the pending table, counts, outcomes, the next state, tags, effects, and
 * `later` steps for what changes rarely (handshake facts, held frames, tasks). A later step must not throw.
 */

import type { Direction, FrameKind, RequestId } from '../protocol/envelope.ts';
import type { IdKey } from '../protocol/ids.ts';
import { AbandonedIds } from './abandoned-ids.ts';
import { BaseUnit } from './base-unit.ts';
import { type CounterName, counterIndex, outcomeCounter } from './counters.ts';
import { deadlineOf, nextLookAt } from './deadlines.ts';
import type { Effect } from './effects.ts';
import type { SessionFacts } from './facts.ts';
import { Journal } from './journal.ts';
import { type Budget, perSessionLimit } from './limits.ts';
import { type EndReason, type Outcome, type SessionState, sessionStates } from './outcomes.ts';
import type { PendingEntry } from './pending.ts';
import type { SessionData } from './session-data.ts';
import { type TagRule, type TagView, builtInTagRules, evaluateTags, nextTagChange, tagThresholds } from './tags.ts';

/** The places of the three counters that a frame moves. */
interface FrameIndexes {
  readonly frames: number;
  readonly bytes: number;
  readonly kind: number;
}

function indexesOf(peer: 'Client' | 'Server'): Readonly<Record<FrameKind, FrameIndexes>> {
  const frames = counterIndex[`framesFrom${peer}`];
  const bytes = counterIndex[`bytesFrom${peer}`];
  return {
    request: { frames, bytes, kind: counterIndex[`requestsFrom${peer}`] },
    response: { frames, bytes, kind: counterIndex[`responsesFrom${peer}`] },
    notification: { frames, bytes, kind: counterIndex[`notificationsFrom${peer}`] },
  };
}

const frameIndexes: Readonly<Record<Direction, Readonly<Record<FrameKind, FrameIndexes>>>> = {
  'client-to-server': indexesOf('Client'),
  'server-to-client': indexesOf('Server'),
};

const fromClientIndex = counterIndex.framesFromClient;

export type LimitScope = 'session' | 'total';

export class SessionUnit extends BaseUnit<SessionState, Effect> {
  readonly #record: SessionData;
  readonly #journal: Journal;
  readonly #tagView: StagedTagView;
  #frameBytes = -1;
  #frameIndexes = frameIndexes['client-to-server'].request;
  #endReason: EndReason | undefined;
  #facts: SessionFacts | undefined;
  #drains = false;
  #tagBits = 0;
  #alarmAt = Infinity;

  constructor(record: SessionData) {
    super();
    this.#record = record;
    this.#tagView = new StagedTagView(record, this);
    this.#journal = record.surroundings.journal ?? new Journal();
  }

  override begin(now: number): void {
    if (this.#journal.isOpen) throw new Error('A unit of work began inside another');
    this.#journal.isOpen = true;
    super.begin(now);
  }

  // --- what update actions stage -------------------------------------------------------------------------------

  /** The waiting request that travelled in `direction`, as this unit sees it. */
  find(direction: Direction, key: IdKey): PendingEntry | undefined {
    const { puts } = this.#journal;
    for (let index = 0; index < puts.size; index++) {
      const entry = puts.at(index);
      if (entry.key === key && entry.direction === direction && !entry.isTaken) return entry;
    }
    const entry = this.#record.pending.get(direction, key);
    return entry === undefined || entry.isTaken ? undefined : entry;
  }

  findByToken(direction: Direction, token: RequestId): PendingEntry | undefined {
    const entry = this.#record.pending.byToken(direction, token);
    return entry === undefined || entry.isTaken ? undefined : entry;
  }

  /** Every waiting request, as this unit sees it now; a list of its own, so that its reader may settle what is in it. */
  entries(): readonly PendingEntry[] {
    const entries = this.#record.pending.entries();
    const { puts } = this.#journal;
    for (let index = 0; index < puts.size; index++) entries.push(puts.at(index));
    return entries.filter((entry) => !entry.isTaken);
  }

  /** Requests of `direction` that wait, as this unit sees it. */
  waiting(direction: Direction): number {
    let waiting = this.#record.pending.sizeOf(direction);
    const { puts, takes } = this.#journal;
    for (let index = 0; index < puts.size; index++) if (puts.at(index).direction === direction) waiting++;
    for (let index = 0; index < takes.size; index++) if (takes.at(index).direction === direction) waiting--;
    return waiting;
  }

  pendingCount(): number {
    return this.#record.pending.size + this.#journal.puts.size - this.#journal.takes.size;
  }

  /** The limit that one more entry would break, or `undefined` when there is room. */
  fullScope(budget: Budget): LimitScope | undefined {
    const { ledger, limits } = this.#record.surroundings;
    const delta = this.#journal.delta[budget]!;
    if (this.#record.pending.used[budget]! + delta >= perSessionLimit(limits, budget)) return 'session';
    if (ledger.full(budget, delta) !== undefined) return 'total';
    return undefined;
  }

  put(entry: PendingEntry): void {
    this.#journal.puts.push(entry);
    this.#journal.delta[entry.budget]!++;
  }

  /** Removes the entry with its one outcome. The first `settle` wins by construction: a taken entry is not found again. */
  settle(entry: PendingEntry, outcome: Outcome): void {
    if (entry.isTaken) throw new Error(`Request ${entry.idToken} was settled twice in one unit of work`);
    entry.isTaken = true;
    this.#journal.takes.push(entry);
    this.#journal.delta[entry.budget]!--;
    this.#noteOutcome(entry, outcome);
  }

  /** Gives an outcome to a request that never entered the table: refused, or answered by an interceptor. */
  settleUnlisted(entry: PendingEntry, outcome: Outcome): void {
    this.#noteOutcome(entry, outcome);
  }

  count(name: CounterName, amount = 1): void {
    this.#journal.countIndexes.push(counterIndex[name]);
    this.#journal.countAmounts.push(amount);
  }

  countFrame(direction: Direction, kind: FrameKind, bytes: number): void {
    this.#frameBytes = bytes;
    this.#frameIndexes = frameIndexes[direction][kind];
  }

  get facts(): SessionFacts {
    return this.#facts ?? this.#record.facts;
  }

  learn(facts: Partial<SessionFacts>): void {
    this.#facts = { ...this.facts, ...facts };
  }

  /** Why the session ends. The last reason given wins: a drain that ran into its deadline ended by the deadline. */
  end(reason: EndReason): void {
    this.#endReason = reason;
  }

  get endReason(): EndReason | undefined {
    return this.#endReason ?? this.#record.endReason;
  }

  /** No new requests from here on; the session closes when the last one has its outcome. */
  drain(): void {
    this.#drains = true;
  }

  get isDraining(): boolean {
    return this.#drains || this.#record.isDraining;
  }

  // --- what the runtime does with it ------------------------------------------------------------------------------

  /**
   * Computes what follows from the staged changes: tags, and when the session has to be looked at again.
   * @throws what a user's tag rule throws; the caller rolls back. With `isOwnWork` nothing is thrown and users' tags stay
   * as they were, so that a rule that always throws cannot keep a request from its outcome.
   */
  override prepare(isOwnWork: boolean): void {
    const { surroundings, tagBits } = this.#record;
    try {
      this.#applyRules(surroundings.tagRules);
    } catch (error) {
      if (!isOwnWork) throw error;
      this.#applyRules(builtInTagRules);
      this.#tagBits |= tagBits & ~((1 << builtInTagRules.length) - 1);
    }
  }

  #applyRules(rules: readonly TagRule[]): void {
    const view = this.#tagView;
    view.hasFrame = this.#frameBytes >= 0;
    this.#tagBits = evaluateTags(rules, view);
    this.#alarmAt = Math.min(nextTagChange(rules, view), sessionDueAt(this.#record, this.now));
  }

  override commit(): readonly Effect[] {
    const record = this.#record;
    const wasBusy = record.isBusy;
    const stoodStill = record.idleClock.held;
    const { ledger, alarms } = record.surroundings;
    const { puts, takes, settled, outcomes, countIndexes, countAmounts, delta } = this.#journal;
    for (let index = 0; index < countIndexes.size; index++) {
      record.counts[countIndexes.at(index)]! += countAmounts.at(index);
    }
    if (this.#frameBytes >= 0) {
      const { frames, bytes, kind } = this.#frameIndexes;
      record.counts[frames]!++;
      record.counts[bytes]! += this.#frameBytes;
      record.counts[kind]!++;
      record.frames++;
      record.lastFrameAt = this.now;
      if (frames === fromClientIndex) record.lastFromClientAt = this.now;
      else record.lastFromServerAt = this.now;
      record.rate.add(this.now);
      if (this.#frameBytes > record.largestFrameBytes) record.largestFrameBytes = this.#frameBytes;
    }
    for (let index = 0; index < puts.size; index++) {
      const entry = puts.at(index);
      record.pending.insert(entry);
      if (entry.direction === 'server-to-client') record.idleClock.hold(this.now);
      alarms.set(entry, nextLookAt(entry, record.idleClock, this.now));
    }
    for (let index = 0; index < takes.size; index++) {
      const entry = takes.at(index);
      record.pending.remove(entry);
      if (entry.direction === 'server-to-client') record.idleClock.release(this.now);
      alarms.clear(entry);
    }
    if (stoodStill && !record.idleClock.held) this.#bringDeadlinesForward();
    ledger.book(delta);
    // Nothing comes after the end that would have to be told from what came before.
    if (!this.#endsSession) {
      for (let index = 0; index < settled.size; index++) this.#bury(settled.at(index), outcomes.at(index));
    }
    const hasLearned = this.#facts !== undefined || (this.next === 'active.serving' && record.state !== this.next);
    if (this.#facts !== undefined) record.facts = this.#facts;
    for (const step of this.steps) step();
    if (this.#drains) record.isDraining = true;
    if (this.#endReason !== undefined) record.endReason = this.#endReason;
    if (this.next !== undefined && this.next !== record.state) this.#move(this.next);
    record.tagBits = this.#tagBits;
    // A timer that rings too early asks again; one that is set anew for every frame would cost every frame.
    if (record.hasEnded) alarms.clear(record.alarm);
    else if (this.#alarmAt < record.alarm.dueAt) alarms.set(record.alarm, this.#alarmAt);
    record.version++;
    const effects = this.owed();
    this.close();
    if (record.isBusy !== wasBusy) record.surroundings.occupancyChanged(record);
    if (hasLearned) record.surroundings.learned?.(record);
    return effects;
  }

  override rollback(): void {
    const { takes } = this.#journal;
    for (let index = 0; index < takes.size; index++) takes.at(index).isTaken = false;
    this.close();
  }

  get lastSettled(): { readonly entry: PendingEntry; readonly outcome: Outcome } | undefined {
    const { settled, outcomes } = this.#journal;
    const last = settled.size - 1;
    return last < 0 ? undefined : { entry: settled.at(last), outcome: outcomes.at(last) };
  }

  get stagedFrameBytes(): number {
    return this.#frameBytes;
  }

  #noteOutcome(entry: PendingEntry, outcome: Outcome): void {
    if (entry.isOwn) return;
    this.#journal.settled.push(entry);
    this.#journal.outcomes.push(outcome);
    this.count(outcomeCounter[outcome]);
    this.effect({ type: 'settled', entry, outcome, elapsedMs: this.now - entry.startedAt });
  }

  /** The idle clock goes on: deadlines that were put off because nobody knew when, are known again. */
  #bringDeadlinesForward(): void {
    const { pending, idleClock, surroundings } = this.#record;
    for (const entry of pending.entries()) {
      const dueAt = deadlineOf(entry, idleClock);
      if (dueAt < entry.dueAt) surroundings.alarms.set(entry, dueAt);
    }
  }

  get #endsSession(): boolean {
    return this.next === 'closed' || this.next === 'failed';
  }

  #bury(entry: PendingEntry, outcome: Outcome): void {
    const record = this.#record;
    if (entry.isTaken) {
      record.tombstones.add(entry.direction, entry.key, outcome, entry.progressToken);
      if (isAbandoned(entry, outcome)) this.#abandon(entry);
    }
    record.recentNotResult.push(outcome !== 'result');
    record.recentSlow.push(this.now - entry.startedAt > tagThresholds.slowMs);
  }

  #abandon({ direction, key }: PendingEntry): void {
    const record = this.#record;
    record.abandoned ??= new AbandonedIds(record.surroundings.limits.tombstonesPerSession);
    record.abandoned.add(direction, key);
  }

  #move(to: SessionState): void {
    const record = this.#record;
    const from = sessionStates.indexOf(record.state);
    record.dwellMs[from]! += this.now - record.enteredAt;
    const arrival = sessionStates.indexOf(to);
    const edge = from * sessionStates.length + arrival;
    record.transitions.set(edge, (record.transitions.get(edge) ?? 0) + 1);
    // The same text for all sessions: the one that a transition comes with was put together for it.
    record.state = sessionStates[arrival]!;
    record.enteredAt = this.now;
  }

  protected override close(): void {
    super.close();
    this.#journal.clear();
    this.#frameBytes = -1;
    this.#endReason = undefined;
    this.#facts = undefined;
    this.#drains = false;
  }
}

/** When the idle or the age limit ends the session. A busy session is not idle: it is looked at again later. */
function sessionDueAt(record: SessionData, now: number): number {
  const { sessionIdleMs, sessionAgeMs } = record.surroundings.times;
  const idleDueAt = record.isBusy ? now + sessionIdleMs : record.lastFrameAt + sessionIdleMs;
  return Math.min(idleDueAt, record.openedAt + sessionAgeMs);
}

/** The record as it would be after the commit, for tag rules. One for each session: its rules are asked about every frame. */
class StagedTagView implements TagView {
  readonly #record: SessionData;
  readonly #unit: SessionUnit;
  hasFrame = false;

  constructor(record: SessionData, unit: SessionUnit) {
    this.#record = record;
    this.#unit = unit;
  }
  get now(): number {
    return this.#unit.now;
  }
  get openedAt(): number {
    return this.#record.openedAt;
  }
  get lastFrameAt(): number {
    return this.hasFrame ? this.#unit.now : this.#record.lastFrameAt;
  }
  get frames(): number {
    return this.#record.frames + (this.hasFrame ? 1 : 0);
  }
  get framesPerSecond(): number {
    const { rate } = this.#record;
    return this.hasFrame ? rate.perSecondAfter(this.now) : rate.perSecond(this.now);
  }
  get recentOutcomes(): number {
    const recent = this.#record.recentNotResult;
    return this.#lastSettled === undefined ? recent.size : recent.sizeAfter;
  }
  get recentNotResult(): number {
    const recent = this.#record.recentNotResult;
    const last = this.#lastSettled;
    return last === undefined ? recent.count : recent.countAfter(last.outcome !== 'result');
  }
  get recentLatencies(): number {
    const recent = this.#record.recentSlow;
    return this.#lastSettled === undefined ? recent.size : recent.sizeAfter;
  }
  get recentSlow(): number {
    const recent = this.#record.recentSlow;
    const last = this.#lastSettled;
    return last === undefined
      ? recent.count
      : recent.countAfter(this.now - last.entry.startedAt > tagThresholds.slowMs);
  }
  get largestFrameBytes(): number {
    return Math.max(this.#record.largestFrameBytes, this.#unit.stagedFrameBytes);
  }
  get pending(): number {
    return this.#unit.pendingCount();
  }
  get pendingLimit(): number {
    return this.#record.surroundings.limits.pendingPerSession;
  }
  get pendingSoftRatio(): number {
    return this.#record.surroundings.limits.pendingSoftRatio;
  }
  get hasPrincipal(): boolean {
    return this.#record.principal !== undefined;
  }
  /** One frame settles one request. A loss or an end settles many: then the tags of the others come with the next event. */
  get #lastSettled(): { readonly entry: PendingEntry; readonly outcome: Outcome } | undefined {
    return this.#unit.lastSettled;
  }
}

/**
 * The peer is at work on the request, and nobody waits for its answer any more. What went on under a name of ours is never asked
 * again under that.
 */
function isAbandoned(entry: PendingEntry, outcome: Outcome): boolean {
  const isGivenUp = outcome === 'cancelled' || outcome === 'timeout';
  return isGivenUp && entry.state === 'open' && !entry.isRenamed && !entry.isOwn;
}
