/**
 * Sessions that share one connection to a server send their requests under ids from ranges of their own, so that an id alone
 * says whose it is. Each sharer has a number from 1 and 2^33 ids; what is below the first range belongs to whoever shares the
 * server out. Knows nothing of what is sent.
 */

import type { RequestId } from '../protocol/envelope.ts';

const idsPerSharer = 2 ** 33;

/** The highest number: up to here every id has at most 15 digits, which the scan of a message takes for exact at a glance. */
export const sharersMax = 116_414;

/** What the ids of this sharer begin above. */
export function idBaseOf(sharer: number): number {
  return sharer * idsPerSharer;
}

/** The number of the sharer whose id it is; 0 below the first range. Strings, and numbers below zero, are nobody's. */
export function sharerOf(id: RequestId): number | undefined {
  return typeof id === 'number' && id >= 0 ? Math.floor(id / idsPerSharer) : undefined;
}

/** An id of the session's range for a request of the runtime's own: above all those under which it sends on its client's. */
export function ownIdOf(idBase: number, count: number): number {
  return idBase + idsPerSharer / 2 + (count % (idsPerSharer / 2));
}
