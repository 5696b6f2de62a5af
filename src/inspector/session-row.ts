/** One session as one line of the overview, read from its record as it is now. */

import { type CounterName, counterIndex } from '../session/counters.ts';
import { type Outcome, outcomes, statusOf } from '../session/outcomes.ts';
import type { SessionRecord } from '../session/record.ts';
import { tagsOf } from '../session/session-data.ts';
import type { SessionRow } from './feed-messages.ts';

const errorCounters: readonly number[] = outcomes
  .filter((outcome: Outcome) => outcome !== 'result')
  .map((outcome) => counterIndex[`outcome.${outcome}` satisfies CounterName]);

/** @param now on the clock of the session's events. */
export function sessionRow(record: SessionRecord, now: number): SessionRow {
  const { facts, principal, route, endReason } = record;
  const { protocolVersion, clientName, serverName } = facts;
  return {
    id: record.id,
    state: record.state,
    status: statusOf(record.state, endReason),
    ...(endReason === undefined ? {} : { endReason }),
    transportType: record.transportType,
    ...(principal === undefined ? {} : { principal }),
    ...(route === undefined ? {} : { route }),
    ...(protocolVersion === undefined ? {} : { protocolVersion }),
    ...(clientName === undefined ? {} : { clientName }),
    ...(serverName === undefined ? {} : { serverName }),
    openedAt: record.openedAt,
    lastFrameAt: record.lastFrameAt,
    frames: record.frames,
    framesPerSecond: record.rate.perSecond(now),
    pending: record.pending.size,
    held: record.held.size,
    errors: errorCounters.reduce((sum, index) => sum + record.counts[index]!, 0),
    tags: [...tagsOf(record)],
  };
}
