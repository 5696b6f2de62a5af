/**
 * The limits of a session and of the whole process, with their defaults; and the ledger that shares the global pending
 * limit among sessions. A limit of `Infinity` is off. Times are milliseconds, sizes are bytes.
 */

import { BufferedBytes } from './buffered-bytes.ts';

/**
 * What an entry of the pending table draws on. `reserved`: initialize, ping and shutdown have a small budget of their own,
 * so that they pass when traffic is at its limit and are refused when they are the flood. `listen`: streams of
 * `subscriptions/listen` live without bound and count against their own limit. These three are the client's. `question`:
 * whatever the server asks, so that no server takes the room of clients, its own or others.
 */
export const budgets = ['ordinary', 'reserved', 'listen', 'question'] as const;

export type Budget = 0 | 1 | 2 | 3;
export const ordinary = 0 satisfies Budget;
export const reserved = 1 satisfies Budget;
export const listen = 2 satisfies Budget;
export const question = 3 satisfies Budget;

/**
 * What may grow, and how far: counts, and bytes where the name says so. `Infinity` switches a limit off. Each is
 * explained in docs/reference/limits.md.
 */
export interface Limits {
  readonly pendingPerSession: number;
  readonly pendingTotal: number;
  /** Fraction of `pendingPerSession` from which a session is `saturated`. */
  readonly pendingSoftRatio: number;
  readonly reservedPerSession: number;
  readonly reservedTotal: number;
  readonly listensPerSession: number;
  readonly listensTotal: number;
  readonly questionsPerSession: number;
  readonly questionsTotal: number;
  readonly sessions: number;
  /** Fraction of `sessions` that one principal may hold. */
  readonly sessionsPerPrincipalRatio: number;
  readonly frameBytesMax: number;
  readonly bufferPauseBytes: number;
  readonly bufferBytesMax: number;
  readonly bufferBytesTotal: number;
  readonly tombstonesPerSession: number;
  readonly heldFramesPerSession: number;
  readonly heldBytesPerSession: number;
  readonly tasksPerSession: number;
  readonly replayedSubscriptionsMax: number;
  readonly labelsPerSession: number;
  /** Characters (UTF-16 units) of one label. */
  readonly labelCharactersMax: number;
}

/**
 * How long things may take, in milliseconds. `Infinity` switches one off. Each is explained in
 * docs/reference/limits.md.
 */
export interface Times {
  readonly initializeMs: number;
  readonly requestIdleMs: number;
  readonly requestAbsoluteMs: number;
  readonly pingMs: number;
  /** Ends a session without frames, pending requests or open stream. Off where the session ends with its connection. */
  readonly sessionIdleMs: number;
  readonly sessionAgeMs: number;
  readonly drainMs: number;
  readonly recoveryMs: number;
  readonly interceptorMs: number;
  /** A session younger than this is never evicted to make room, even when it has not begun its handshake. */
  readonly halfOpenMs: number;
}

const mebibyte = 1024 * 1024;

/** The limits of a runtime that is told no others. */
export const defaultLimits: Limits = {
  pendingPerSession: 1000,
  pendingTotal: 10_000,
  pendingSoftRatio: 0.8,
  reservedPerSession: 16,
  reservedTotal: 256,
  listensPerSession: 1024,
  listensTotal: 10_000,
  questionsPerSession: 1000,
  questionsTotal: 10_000,
  sessions: 1000,
  sessionsPerPrincipalRatio: 0.5,
  frameBytesMax: 10 * mebibyte,
  bufferPauseBytes: mebibyte,
  bufferBytesMax: 16 * mebibyte,
  bufferBytesTotal: 512 * mebibyte,
  tombstonesPerSession: 256,
  heldFramesPerSession: 64,
  heldBytesPerSession: 16 * mebibyte,
  tasksPerSession: 256,
  replayedSubscriptionsMax: 256,
  labelsPerSession: 64,
  labelCharactersMax: 256,
};

/** The times of a runtime that is told no others. */
export const defaultTimes: Times = {
  initializeMs: 60_000,
  requestIdleMs: 300_000,
  requestAbsoluteMs: 3_600_000,
  pingMs: 30_000,
  sessionIdleMs: 1_800_000,
  sessionAgeMs: 86_400_000,
  drainMs: 25_000,
  recoveryMs: 30_000,
  interceptorMs: 5_000,
  halfOpenMs: 10_000,
};

/** How long a client that was refused for want of room should wait before it tries again. */
export const retryAfterMs = 1000;

/** Sessions that end with their connection (stdio, WebSocket) have no idle or age limit of their own. */
export const connectionTimes: Pick<Times, 'sessionIdleMs' | 'sessionAgeMs'> = {
  sessionIdleMs: Infinity,
  sessionAgeMs: Infinity,
};

/** What one read may bring beside a whole frame, after its reader has been asked to pause. */
const readAheadBytes = mebibyte;

/**
 * The limits with a buffer that has room for what may still come after whoever fills it was paused: the longest frame and
 * what was read with it. Where links pause when they are asked to, an answer then never finds the buffer of a slow reader
 * full.
 */
export function withRoomForAFrame(asked: Partial<Limits> = {}): Limits {
  const limits = { ...defaultLimits, ...asked };
  const roomNeeded = limits.bufferPauseBytes + limits.frameBytesMax + readAheadBytes;
  return { ...limits, bufferBytesMax: Math.max(limits.bufferBytesMax, roomNeeded) };
}

export function perSessionLimit(limits: Limits, budget: Budget): number {
  switch (budget) {
    case ordinary:
      return limits.pendingPerSession;
    case reserved:
      return limits.reservedPerSession;
    case listen:
      return limits.listensPerSession;
    case question:
      return limits.questionsPerSession;
  }
}

export const totalLimitNames = [
  'pendingTotal',
  'reservedTotal',
  'listensTotal',
  'questionsTotal',
  'bufferBytesTotal',
] as const;

export type TotalLimits = Pick<Limits, (typeof totalLimitNames)[number]>;

/** - `total`: of a runtime. `gateway`: of all its routes. `nodes`: this node's share in that of all nodes. */
export type LedgerScope = 'total' | 'gateway' | 'nodes';

/**
 * The process-wide count of pending entries, one number for each budget, and of bytes that wait. Sessions hold it as a capability: a commit adds
 * what it put and returns what it took, so `used` is the sum over all pending tables at any moment.
 */
export class Ledger {
  /** Whose limit it is, as whoever is refused is told. */
  readonly scope: LedgerScope;
  readonly used: Int32Array = new Int32Array(budgets.length);
  readonly limit: Float64Array;
  readonly buffers: BufferedBytes;
  /** Of which this is a part: the gateway, whose routes have a ledger each, or a node of a cluster. */
  readonly whole: Ledger | undefined;

  constructor(limits: TotalLimits, whole?: Ledger, scope: LedgerScope = 'total') {
    this.scope = scope;
    this.limit = new Float64Array(budgets.length);
    this.whole = whole;
    this.buffers = new BufferedBytes(limits.bufferBytesTotal, whole?.buffers);
    this.resize(limits);
  }

  /** The ledger in which there is no room for one more: this one, or the whole. @param ahead booked by the unit at work. */
  full(budget: Budget, ahead: number): Ledger | undefined {
    if (this.used[budget]! + ahead >= this.limit[budget]!) return this;
    return this.whole?.full(budget, ahead);
  }

  /** A unit of work was committed. @param delta for each budget. */
  book(delta: Int32Array | readonly number[]): void {
    for (let budget = 0; budget < budgets.length; budget++) this.used[budget]! += delta[budget]!;
    this.whole?.book(delta);
  }

  /** An entry is gone without a commit. */
  giveBack(budget: Budget): void {
    this.used[budget]!--;
    this.whole?.giveBack(budget);
  }

  /** Replaces the limits of a running process; entries above a lowered limit stay until they settle. */
  resize(limits: TotalLimits): void {
    this.limit.set([limits.pendingTotal, limits.reservedTotal, limits.listensTotal, limits.questionsTotal]);
    this.buffers.resize(limits.bufferBytesTotal);
  }
}
