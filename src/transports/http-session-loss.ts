/**
 * Which answers of a server on HTTP mean that it does not know our session any more, and so has not executed what it was
 * sent. The specification says 404 (2025-11-25, basic/transports, session management); servers say it in other ways too.
 */

/** An answer to a message that carried the id of a session. */
export interface RefusedMessage {
  readonly status: number;
  /** Of the JSON-RPC error in the body; `undefined` where the body is none. */
  readonly code: number | undefined;
  /** The text of that error, or the body itself. */
  readonly text: string;
}

/** `methodNotFound` with 404 is what a server of 2026-07-28 says to a method that it does not have. */
const methodNotFound = -32601;

const lostStatuses: ReadonlySet<number> = new Set([400, 404, 410, 500, 503]);

/**
 * What servers write: the official SDKs "Session not found" and "Server not initialized", server-everything "No valid session
 * ID provided", others "Invalid session", "Unknown session" or "Session expired".
 */
const lostTexts: readonly RegExp[] = [
  /\bsession\b[^.]{0,40}\b(?:not found|expired|unknown|invalid|terminated|does not exist)/i,
  /\b(?:no valid|no such|invalid|unknown|expired|missing) (?:mcp[- ])?session\b/i,
  /\bserver not initialized\b/i,
];

export function isSessionLost({ status, code, text }: RefusedMessage): boolean {
  if (status === 404) return code !== methodNotFound;
  return lostStatuses.has(status) && lostTexts.some((pattern) => pattern.test(text));
}
