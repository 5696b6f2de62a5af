/**
 * The data of one session: everything it owns is here or in a collection that it holds. Mutable, and changed by its unit of
 * work only, at commit.
 */

import type { AbandonedIds } from './abandoned-ids.ts';
import { IdleClock, type Alarm, type Alarms } from './deadlines.ts';
import { newCounts } from './counters.ts';
import { type SessionFacts, noFacts } from './facts.ts';
import { HeldFrames } from './held.ts';
import type { Claims, TransportType } from './interception.ts';
import type { Journal } from './journal.ts';
import { LazyMap } from './lazy-map.ts';
import type { Ledger, Limits, Times } from './limits.ts';
import { type EndReason, type SessionState, sessionStates } from './outcomes.ts';
import { PendingTable } from './pending-table.ts';
import type { Profile, StandardTimes } from './profiles.ts';
import { type TagRule, tagNames, tagThresholds } from './tags.ts';
import type { RepeatedFrames } from './repeated-frames.ts';
import { Tasks } from './tasks.ts';
import { Tombstones } from './tombstones.ts';
import { RateWindow, RecentFlags } from './window.ts';

/** What a session shares with the process: capabilities handed in at its birth, never looked up. */
export interface SessionSurroundings {
  readonly limits: Limits;
  readonly times: Times;
  readonly requestTimes: StandardTimes;
  readonly ledger: Ledger;
  readonly alarms: Alarms;
  /** The built-in rules first, then the user's. */
  readonly tagRules: readonly TagRule[];
  /** Shared by the sessions of a process, which are worked on one at a time; a session without one has its own. */
  readonly journal?: Journal;
  /** Handshakes of the sessions of a process; a session without one keeps its own. */
  readonly handshakes?: RepeatedFrames;
  readonly checksInvariants: boolean;
  /** Told after a commit in which the session learned something that whoever goes on with it has to know. */
  readonly learned?: (record: SessionData) => void;
  /** Told after a commit in which the session became busy (pending requests or an open stream) or quiet. */
  readonly occupancyChanged: (record: SessionData) => void;
}

/** What is particular to one session when it opens. */
export interface SessionIdentity {
  readonly id: string;
  readonly openedAt: number;
  readonly transportType: TransportType;
  readonly principal: string | undefined;
  readonly route: string | undefined;
  /** What the token says that its client opened it with. */
  readonly claims?: Claims | undefined;
  readonly profile: Profile;
  /** Its client sends messages in exchanges; on a connection it does not. */
  readonly hasExchanges?: boolean;
  /** The ids under which its requests are sent on begin above this; 0 where its server is its own. */
  readonly idBase?: number;
}

export type SessionInput = SessionIdentity & { readonly surroundings: SessionSurroundings };

/** The session's own timer: tags that change with time, the idle limit, the age limit. */
export class SessionAlarm implements Alarm {
  readonly alarmKind = 'session';
  readonly sessionId: string;
  dueAt = Infinity;
  alarmPrevious: Alarm | null = null;
  alarmNext: Alarm | null = null;
  constructor(sessionId: string) {
    this.sessionId = sessionId;
  }
}

export class SessionData {
  readonly id: string;
  readonly openedAt: number;
  readonly transportType: TransportType;
  /** Its client sends messages in exchanges; on a connection it does not. */
  readonly hasExchanges: boolean;
  /** Where the ids begin under which its requests are sent on to a server that it shares. */
  readonly idBase: number;
  readonly profile: Profile;
  /** Others when tags come or go that have limits or times of their own. */
  surroundings: SessionSurroundings;
  readonly alarm: SessionAlarm;

  principal: string | undefined;
  route: string | undefined;
  readonly claims: Claims | undefined;

  readonly pending = new PendingTable();
  readonly tombstones: Tombstones;
  /** None until a request has ended without an answer. */
  abandoned: AbandonedIds | undefined = undefined;
  readonly held = new HeldFrames();
  readonly tasks: Tasks;
  readonly counts: number[] = newCounts();
  readonly idleClock = new IdleClock();
  readonly recentNotResult: RecentFlags = new RecentFlags(tagThresholds.errorProneWindow);
  readonly recentSlow: RecentFlags = new RecentFlags(tagThresholds.slowWindow);
  readonly rate: RateWindow = new RateWindow(tagThresholds.rateWindowMs, tagThresholds.rateBuckets);

  facts: SessionFacts = noFacts;
  state: SessionState = 'initializing';
  enteredAt: number;
  readonly dwellMs: number[] = sessionStates.map(() => 0);
  /** Times each edge was taken, by `from * number of states + to`. */
  readonly transitions = new Map<number, number>();
  endReason: EndReason | undefined = undefined;
  frames = 0;
  lastFrameAt: number;
  /** When each peer was heard last; when the session opened, where it never was. */
  lastFromClientAt: number;
  lastFromServerAt: number;
  largestFrameBytes = 0;
  tagBits = 0;
  readonly labels = new LazyMap<string, true>();
  /** Labels set and removed so far. */
  labelChanges = 0;
  isUpstreamReady = false;
  isClientGone = false;
  /** The client closed its sending half: it may still read, and cannot answer any more. */
  isClientInputClosed = false;
  hasOpenStream = false;
  /** No new requests; closes when the last one has its outcome. */
  isDraining = false;
  /** Commits so far. */
  version = 0;

  constructor(input: SessionInput) {
    this.id = input.id;
    this.openedAt = input.openedAt;
    this.transportType = input.transportType;
    this.hasExchanges = input.hasExchanges ?? false;
    this.idBase = input.idBase ?? 0;
    this.principal = input.principal;
    this.route = input.route;
    this.claims = input.claims;
    this.profile = input.profile;
    this.surroundings = input.surroundings;
    this.enteredAt = input.openedAt;
    this.lastFrameAt = input.openedAt;
    this.lastFromClientAt = input.openedAt;
    this.lastFromServerAt = input.openedAt;
    this.tombstones = new Tombstones(input.surroundings.limits.tombstonesPerSession);
    this.tasks = new Tasks(input.surroundings.limits.tasksPerSession);
    this.alarm = new SessionAlarm(input.id);
  }

  /** Pending requests or an open stream: activity that keeps a session from being idle or evicted. */
  get isBusy(): boolean {
    return this.hasOpenStream || this.pending.size > 0;
  }

  /** Its requests go on under other ids than their client's, because those could meet their like. */
  get renamesRequests(): boolean {
    return this.hasExchanges || this.idBase > 0;
  }

  get hasEnded(): boolean {
    return this.state === 'closed' || this.state === 'failed';
  }
}

export function tagsOf(record: SessionData): readonly string[] {
  const tags = tagNames(record.surroundings.tagRules, record.tagBits);
  return record.labels.size === 0 ? tags : [...tags, ...record.labels.keys()];
}
