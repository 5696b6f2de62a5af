/**
 * The ladder by which a server is stopped (PROTOCOL R21): end its input, then ask its whole process group to end, then
 * kill it, each rung only when the one before was not enough. What the server leaves behind in its group when it goes is
 * swept by the same rungs. Does not know processes or streams, only the group, the leader's exit and a clock.
 */
import type { Clock } from '../ports.ts';
import type { ProcessGroup } from './child-process-group.ts';

export interface StopLadder {
  /** How long the group may take to end after the end of its input. */
  readonly eofMs: number;
  /** How long it may take to end after SIGTERM. */
  readonly termMs: number;
}

export const defaultStopLadder: StopLadder = { eofMs: 2000, termMs: 3000 };

/** A process that even SIGKILL does not end hangs in the kernel or belongs to another user: it is given up. */
const killMs = 5000;

/** The leader's exit is an event; that the rest of its group ended must be asked. First soon, then at this pace. */
const firstLookMs = 10;
const lookMsMax = 100;

export interface Descent {
  readonly clock: Clock;
  readonly group: ProcessGroup;
  readonly leaderExit: Promise<unknown>;
  /** The server reads the end of its input once it has read what was written before. */
  readonly endInput: () => void;
  /** The server's input ends now, whatever was still to be written. */
  readonly cutInput: () => void;
}

/** Resolves when nothing of the group runs any more (true), or when what is left cannot be ended (false). */
export async function descend(ladder: StopLadder, descent: Descent): Promise<boolean> {
  descent.endInput();
  if (await isGoneWithin(ladder.eofMs, descent)) return true;
  descent.cutInput();
  descent.group.signal('SIGTERM');
  if (await isGoneWithin(ladder.termMs, descent)) return true;
  descent.group.signal('SIGKILL');
  return isGoneWithin(killMs, descent);
}

async function isGoneWithin(limitMs: number, { clock, group, leaderExit }: Descent): Promise<boolean> {
  const until = clock.now() + limitMs;
  if (!(await happensWithin(limitMs, leaderExit, clock))) return false;
  for (let lookMs = firstLookMs; !group.isEmpty(); lookMs = Math.min(2 * lookMs, lookMsMax)) {
    const leftMs = until - clock.now();
    if (leftMs <= 0) return false;
    await sleep(Math.min(lookMs, leftMs), clock);
  }
  return true;
}

async function happensWithin(limitMs: number, event: Promise<unknown>, clock: Clock): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = clock.setTimeout(() => resolve(false), limitMs);
    void event.then(() => {
      clock.clearTimeout(timer);
      resolve(true);
    });
  });
}

async function sleep(delayMs: number, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    clock.setTimeout(resolve, delayMs);
  });
}
