/** One look at this process for the leak audit: its runtimes, its children, its handles, of one moment. Wiring. */

import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import type { Administered } from '../admin/administered.ts';
import { type LeakReport, type ProcessLook, leakReport, secondLookMs } from '../observe/leak-audit.ts';
import { runningChildren } from '../observe/process-children.ts';
import type { Clock } from '../ports.ts';
import type { RuntimeAudit } from '../runtime/audit.ts';
import { startedChildren } from '../transports/child-roster.ts';

export interface LookedAt extends Pick<Administered, 'session' | 'engine'> {
  readonly clock: Clock;
  audits(): readonly RuntimeAudit[];
}

/** Of the event loop, after the pause. */
const turnsBetween = 3;

/** @param pauseMs between the two looks, where the first one finds something. */
export async function leaksOf(of: LookedAt, pauseMs: number = secondLookMs): Promise<LeakReport> {
  const look = (): ProcessLook => ({
    now: of.clock.now(),
    runtimes: of.audits(),
    started: startedChildren(),
    running: runningChildren(),
    resources: process.getActiveResourcesInfo(),
    paused: of.engine?.desk.list() ?? [],
    hasSession: (id) => of.session(id) !== undefined,
  });
  return leakReport(look, async () => {
    await wait(pauseMs);
    // A process that was busy meanwhile hears of its children's ends in the turns that follow its timers.
    for (let turn = 0; turn < turnsBetween; turn++) await nextTurn();
  });
}
