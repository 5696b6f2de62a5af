/** How much a viewer of the feed may ask for, and how much of the process it may take up. */

export interface FeedLimits {
  readonly viewersMax: number;
  /** Of one viewer. */
  readonly sessionsWatchedMax: number;
  /** From one viewer. */
  readonly messagesPerSecond: number;
  readonly messageBytesMax: number;
  /** What may wait for one viewer; above that it gets nothing more until it has read. */
  readonly unreadBytesMax: number;
  /** A viewer that leaves as much unread for so long is let go. */
  readonly stalledMs: number;
  /** Between batches of events. */
  readonly eventsMs: number;
  /** In one batch of one session. */
  readonly eventsMax: number;
  /** Between looks at the overview, and at a session. */
  readonly viewMs: number;
  /** What changes with time alone is looked at again after that. */
  readonly renewMs: number;
  /** Longest body that is shown with secrets hidden: hiding them takes time, in which nothing else is done. */
  readonly bodyBytesMax: number;
  readonly bodyPieceCharacters: number;
  /** That are made ready to be shown, for all viewers together: what is asked for beyond is to be asked for again. */
  readonly bodyBytesPerSecond: number;
}

export const defaultFeedLimits: FeedLimits = {
  viewersMax: 32,
  sessionsWatchedMax: 32,
  messagesPerSecond: 100,
  messageBytesMax: 16 * 1024,
  unreadBytesMax: 1024 * 1024,
  stalledMs: 15_000,
  eventsMs: 100,
  eventsMax: 250,
  viewMs: 250,
  renewMs: 1000,
  bodyBytesMax: 4 * 1024 * 1024,
  bodyPieceCharacters: 64 * 1024,
  bodyBytesPerSecond: 8 * 1024 * 1024,
};
