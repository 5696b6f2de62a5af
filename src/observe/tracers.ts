/** Several tracers as one, told one after the other: the ring of the inspector, and whoever records. */

import type { Tracer } from '../runtime/tracer.ts';

/** One tracer as it is, and none as none: nothing is put between a runtime and the only one that looks. */
export function allTracers(...tracers: readonly (Tracer | undefined)[]): Tracer | undefined {
  const told = tracers.filter((tracer) => tracer !== undefined);
  if (told.length < 2) return told[0];
  return {
    opened: (record) => {
      for (const tracer of told) tracer.opened(record);
    },
    decided: (record, event, decision, from, effects) => {
      for (const tracer of told) tracer.decided(record, event, decision, from, effects);
    },
    resettled: (at) => {
      for (const tracer of told) tracer.resettled?.(at);
    },
    unplaced: (fact) => {
      for (const tracer of told) tracer.unplaced?.(fact);
    },
    ended: (record) => {
      for (const tracer of told) tracer.ended(record);
    },
  };
}
