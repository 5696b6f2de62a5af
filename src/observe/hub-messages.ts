/**
 * What the hub says to a page, as JSON texts over the WebSocket `/hub`: which processes can be looked at. Each has a feed of its own at
 * `/processes/PID/feed`. `GET /processes` answers with the same list. Types alone.
 */

import type { ProcessFacts } from './process-facts.ts';

/** Everything that the hub says: at first, and whenever the list has changed. */
export type HubMessage = { readonly type: 'processes' } & ProcessList;

export interface ProcessList {
  /** In the order in which they started. */
  readonly processes: readonly ProcessFacts[];
}
