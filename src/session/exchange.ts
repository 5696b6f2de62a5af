/**
 * How a message travels where its peer is reached in more than one way. A client on streamable HTTP opens one exchange for
 * each POST, and the answers to the requests in it go back through the same one; a server on HTTP answers each request in a
 * response of its own. On a connection (stdio, WebSocket) there is one way only, and none of this exists.
 */

import type { RequestId } from '../protocol/envelope.ts';
import type { PendingEntry } from './pending.ts';

/** How a frame came. */
export interface Via {
  /** Of a client's frame: the exchange that brought it. */
  readonly exchange: Exchange | undefined;
  /** Of a server's frame: the request in whose answer it came, which need not be the request that it answers. */
  readonly request: PendingEntry | undefined;
  /** Of a server's frame: the HTTP status that came with it; 0 where there was none. */
  readonly status: number;
}

/** What a request is called on its way, where its requester's names for it might meet those of another request. */
export interface Passage {
  /** The client's exchange that it came in, or in which it was put to the client. */
  readonly exchange: Exchange | undefined;
  /** The id under which it was sent on. */
  readonly sentId: RequestId;
  /** The progress token that its requester chose; it was sent on under another where this one could meet its like (R8). */
  readonly requesterToken: RequestId | undefined;
}

/** Headers of the client that brought a message, by name in lower case, for transports that pass some of them on. */
export type ExchangeHeaders = (name: string) => string | undefined;

/**
 * One POST of a client and everything that is sent in answer to it. Its front extends it with its response. Ids of requests
 * are unique within an exchange at most (claude.ai sends every request with the id 1), so a session that has exchanges gives
 * its requests ids of its own towards the server.
 */
export class Exchange implements Via {
  /** Its requests that wait for an answer. Changed at commit only. */
  readonly waiting: PendingEntry[] = [];
  /** The client's headers, by name in lower case. */
  readonly header: ExchangeHeaders;

  constructor(header: ExchangeHeaders = () => undefined) {
    this.header = header;
  }

  get exchange(): this {
    return this;
  }

  get request(): undefined {
    return undefined;
  }

  get status(): number {
    return 0;
  }
}
