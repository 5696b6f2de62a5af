/**
 * What is thrown at the program that embeds us: misuse, and refusals where a value would be in the way. A code for programs
 * and a sentence that says what to do. Never crosses the wire; what does is in errors.ts.
 */

/** What to do about each local error: see docs/reference/local-errors.md. */
export const localErrorTable = {
  ABORTED: 'Ask `signal.aborted` before, or give a fresh signal.',
  INVALID_MESSAGE: 'Encode text with TextEncoder; a message that is a value goes to `receiveValue`.',
  INVALID_SNAPSHOT: 'Read what `JSON.parse` gives of a snapshot, with a release that knows its version.',
  SESSION_REFUSED: 'Close sessions or raise the limit that `cause` names; a runtime that drains opens none.',
  NOT_STARTED: 'Connect the `Client` or `Server` to it, or call `start()`, and wait for that.',
  ALREADY_CLOSED: 'A transport serves one connection: wrap a new one, and connect to that.',
  ALREADY_STARTED: 'An adapter serves one session: make a new one for each.',
  INVALID_OPTION: 'Give the option a value that its documentation allows, or leave it out.',
  STREAM_UNUSABLE: 'Hand in streams of bytes that are open and that nobody else reads or writes.',
  BODY_TAKEN: 'Hand the request over before anything reads its body, or make a new Request with what was read.',
} as const satisfies Record<string, string>;

/** The name of a local error: the row of the table that its message ends with. */
export type LocalErrorCode = keyof typeof localErrorTable;

/**
 * What is thrown at the embedding program. When it is, nothing has changed; `cause` is there where there is more to
 * say.
 */
export class LocalError extends Error {
  override readonly name = 'LocalError';
  readonly code: LocalErrorCode;

  /** @param what happened, as a sentence; what to do about it is added from the table. */
  constructor(code: LocalErrorCode, what: string, options: { readonly cause?: unknown } = {}) {
    super(`${what} ${localErrorTable[code]}`, options);
    this.code = code;
  }
}
