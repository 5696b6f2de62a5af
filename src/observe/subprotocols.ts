/** What a WebSocket offers to those who are looked at: the two ends of the feed and of the list of processes agree on it here. */

/** The feed, version 1, and the list of processes beside it, which is asked for in the same way. */
export const feedSubprotocol = 'ninelives.feed.v1';

/** What stands before the token where a browser shows it: it can set subprotocols of a WebSocket, and no header. */
export const tokenSubprotocol = 'ninelives.token.';
