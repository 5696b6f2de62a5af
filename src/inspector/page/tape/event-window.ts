/** The part of a tape that the page has: as many events as can be folded in a moment, around the place that somebody looks at. */

import type { EventsRead } from '../../feed-messages.ts';

export type EventWindow = Pick<EventsRead, 'from' | 'events' | 'total'>;

/** Events that are asked for at once. */
export const windowMax = 2000;
/** So many are wanted on both sides of the place, where the tape has them. */
const marginMin = 200;

/**
 * From which event on others are to be read; undefined where what is there will do.
 * @param place the event that somebody looks at, from 1 on; Infinity is the last one.
 */
export function windowWanted(present: EventWindow | undefined, place: number): number | undefined {
  if (present === undefined) return place === Infinity ? Number.MAX_SAFE_INTEGER : firstAround(place);
  const { from, events, total } = present;
  const until = from + events.length - 1;
  const at = Math.min(place, total);
  const isEarlyEnough = from === 1 || at - from >= marginMin;
  const isLateEnough = until === total || until - at >= marginMin;
  return isEarlyEnough && isLateEnough ? undefined : firstAround(at);
}

/** The event at a place; undefined where it is not here. */
export function eventAt({ from, events, total }: EventWindow, place: number): EventsRead['events'][number] | undefined {
  return events[Math.min(place, total) - from];
}

function firstAround(place: number): number {
  return Math.max(1, place - windowMax / 2);
}
