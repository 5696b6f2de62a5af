/**
 * What `npm run bench:gate` lets pass, beside what was measured when the limit was set. Bytes and shares come out the same in
 * each run, or nearly: their limits stand a tenth above. A ratio of times moves with the machine: its limit is twice what was
 * measured, or more where it moves more. Whoever makes one of them better lowers its line here in the same commit.
 */

import type { Target } from './measure.ts';

export type Gate =
  | 'allocatedByEvent'
  | 'allocatedByReadEvent'
  | 'allocatedByInspecting'
  | 'allocatedByRecording'
  | 'tapeBytesOfPair'
  | 'keptByIdleSession'
  | 'decidedByPlan'
  | 'pairByParsing'
  | 'eventsByTable';

interface Row {
  readonly what: string;
  readonly unit: string;
  readonly measured: number;
  readonly limit: Target;
}

// prettier-ignore
export const limits: Readonly<Record<Gate, Row>> = {
  allocatedByEvent:     { what: 'allocated by an event, from bytes in to bytes out', unit: 'B', measured: 648, limit: { most: 715 } },
  allocatedByReadEvent: { what: 'allocated by an event that is read already',        unit: 'B', measured: 368, limit: { most: 405 } },
  allocatedByInspecting: { what: 'besides, where it is inspected and nobody looks',   unit: 'B', measured: 0, limit: { most: 8 } },
  allocatedByRecording: { what: 'besides, where it is recorded',                      unit: 'B', measured: 0, limit: { most: 8 } },
  tapeBytesOfPair:      { what: 'of a tape, for a request and its response',          unit: 'B', measured: 558, limit: { most: 615 } },
  keptByIdleSession:    { what: 'kept by an idle session',                           unit: 'B', measured: 6190, limit: { most: 6600 } },
  decidedByPlan:        { what: 'events decided without the interpreter',            unit: '%', measured: 100, limit: { least: 99 } },
  pairByParsing:        { what: 'a request and its response, by parse and stringify', unit: 'x', measured: 0.65, limit: { most: 1.3 } },
  eventsByTable:        { what: 'the same, read already, by a switch and a Map',      unit: 'x', measured: 18, limit: { most: 45 } },
};

/** One sentence for each limit that does not hold. */
export function broken(measured: Readonly<Record<Gate, number>>): readonly string[] {
  return Object.entries(limits).flatMap(([name, { what, unit, measured: usual, limit }]) => {
    const value = measured[name as Gate];
    const { most = Infinity, least = -Infinity } = limit;
    if (value <= most && value >= least) return [];
    const bound = most < Infinity ? `above the limit of ${most}` : `below the limit of ${least}`;
    return [`${what}: ${value.toPrecision(4)} ${unit} is ${bound} ${unit} (it was ${usual} ${unit} when that was set)`];
  });
}
