/** One session as the page holds it while somebody watches: what the feed has said of it so far. Types alone. */

import type { ProcessFacts } from '../../observe/process-facts.ts';
import type { SessionView, TracedEvent } from '../feed-messages.ts';

export interface WatchedSession {
  readonly process: ProcessFacts;
  readonly sessionId: string;
  /** Whether what is here is as it is now: `gone` when the process has ended. */
  readonly link: FeedState;
  /** The newest view; undefined until the first one is there. */
  readonly view: SessionView | undefined;
  /** Oldest first, without gaps but for `missed`; the page keeps the newest of them, up to a limit. */
  readonly events: readonly TracedEvent[];
  /** Events that this page does not have: it was too slow, the process had forgotten them, or the page has. */
  readonly missed: number;
  /** Added to the process's clock, makes milliseconds since 1970. */
  readonly epochOffset: number;
  /** The session is over; what is here stays as it was. */
  readonly isOver: boolean;
}

/** How the page stands to a process. */
export type FeedState = 'connecting' | 'open' | 'lost' | 'gone';
