/** Ids of the runtime's own choice, for requests that it sends in its own name or that cannot go on under the ids that they have. */

import type { SessionIdentity } from './session-data.ts';

/**
 * Of the session's id as much as tells it from others: the whole of it would let the server, and whoever reads a tape, in as the
 * client. A tape keeps as much, so that the session that is made again from it comes to the same ids.
 */
const toldCharacters = 8;

/** @param numbers that no other id of the session has had. */
export function ownName({ id }: Pick<SessionIdentity, 'id'>, ...numbers: readonly number[]): string {
  return ['ninelives', id.slice(0, toldCharacters), ...numbers].join(':');
}
