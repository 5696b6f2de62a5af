/**
 * The table of errors that Ninelives itself answers with: JSON-RPC code, `data.code`, legacy HTTP status, and what the
 * operator can do. A peer's own errors pass untouched and are not listed here. Pinned by test/errors.test.ts.
 */

/** One error in our own name: how the requester is told, and what the operator can do. */
export interface ErrorRow {
  /** JSON-RPC error code. Own codes stand outside the range that JSON-RPC and MCP reserve (-32768 to -32000). */
  readonly code: number;
  readonly message: string;
  /** HTTP status of a legacy exchange for which nothing was sent yet. */
  readonly httpStatus: number;
  readonly operatorHint: string;
}

/** Every error that a session answers with in its own name, by `error.data.code`: see docs/reference/errors.md. */
export const errorTable = {
  REQUEST_TIMEOUT: {
    code: 5040,
    message: 'The request got no answer in time',
    httpStatus: 504,
    operatorHint: 'Raise requestIdleMs or requestAbsoluteMs for this method, or find out why the server is slow.',
  },
  UPSTREAM_LOST: {
    code: 5020,
    message: 'The server went away before it answered',
    httpStatus: 502,
    operatorHint: "Read the server's last stderr lines; the exit code and signal are in error.data.",
  },
  OWNER_LOST: {
    code: 5021,
    message: 'The node that owned the session went away before it answered',
    httpStatus: 502,
    operatorHint: 'error.data.executed says whether the server may have run the request.',
  },
  TOO_MANY_REQUESTS: {
    code: 4290,
    message: 'Too many requests are waiting for an answer',
    httpStatus: 429,
    operatorHint: 'error.data.scope names the limit; raise it, or send fewer requests at once.',
  },
  TOO_MANY_SESSIONS: {
    code: 5030,
    message: 'Too many sessions are open',
    httpStatus: 503,
    operatorHint: 'Raise limits.sessions, or shorten sessionIdleMs so that abandoned sessions leave earlier.',
  },
  TOO_MANY_CONNECTIONS: {
    code: 5032,
    message: 'Too many connections are open',
    httpStatus: 503,
    operatorHint: 'Raise the limit of connections of the front, or find out who opens so many and leaves them open.',
  },
  DRAINING: {
    code: 5031,
    message: 'The proxy is shutting down and takes no new requests',
    httpStatus: 503,
    operatorHint: 'Retry against another instance, or after the restart.',
  },
  BLOCKED: {
    code: 4030,
    message: 'An interceptor blocked the message',
    httpStatus: 200,
    operatorHint: 'error.data.interceptor names the interceptor that decided.',
  },
  FRAME_TOO_LARGE: {
    code: 4130,
    message: 'The message is larger than the frame limit',
    httpStatus: 413,
    operatorHint: 'Raise frameBytesMax, or send less in one message.',
  },
  NOT_ALLOWED_IN_STATE: {
    code: 4090,
    message: 'The session does not take this message in its present state',
    httpStatus: 409,
    operatorHint: 'error.data.state names the state.',
  },
  SESSION_NOT_FOUND: {
    code: 4040,
    message: 'There is no such session',
    httpStatus: 404,
    operatorHint: 'The client has to initialize again.',
  },
  INTERCEPTOR_FAILED: {
    code: 5000,
    message: 'An interceptor failed on the message',
    httpStatus: 500,
    operatorHint: 'error.data.interceptor names the one that threw, was too slow, or returned something unknown.',
  },
  INVALID_REQUEST: {
    code: -32600,
    message: 'Invalid Request',
    httpStatus: 400,
    operatorHint:
      'error.data.reason says what is wrong: a duplicate id, an id that MCP forbids, a batch where none is allowed.',
  },
  UNSUPPORTED_PROTOCOL_VERSION: {
    code: -32022,
    message: 'Unsupported protocol version',
    httpStatus: 400,
    operatorHint: 'error.data.supported lists what the server speaks; the client has to choose one of these.',
  },
  HEADER_MISMATCH: {
    code: -32020,
    message: 'Headers and message disagree',
    httpStatus: 400,
    operatorHint:
      "error.data.reason names the header. Its client, or something in front of us, does not repeat the tool's arguments as the tool wants it.",
  },
  INVALID_PARAMS: {
    code: -32602,
    message: 'Invalid params',
    httpStatus: 400,
    operatorHint: 'error.data.reason says what is wrong with the `_meta` of the request: its client has to mend it.',
  },
  PARSE_ERROR: {
    code: -32700,
    message: 'Parse error',
    httpStatus: 400,
    operatorHint: 'The sender wrote something that is not JSON.',
  },
} as const satisfies Record<string, ErrorRow>;

/** The name of an error in our own name, as it stands in `error.data.code`. */
export type ErrorCode = keyof typeof errorTable;

/** A refusal or settlement in our own name: a row of the table and what the requester is told besides. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly data: Readonly<Record<string, string | number | boolean | readonly string[] | null>>;
  /** Replaces the row's message where somebody else's words win (a rule's block text). */
  readonly message?: string;
  /** Replaces the row's numeric code where a rule names its own. */
  readonly number?: number;
}

export function refusal(code: ErrorCode, data: Refusal['data'] = {}): Refusal {
  return { code, data };
}
