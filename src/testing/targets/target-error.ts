/** The thing under test could not be started, or not be reached: nothing can be said about its laws. */

export class TargetError extends Error {
  override readonly name = 'TargetError';

  /** @param lastStderr what it said last, oldest first. */
  constructor(what: string, lastStderr: readonly string[] = []) {
    super(
      lastStderr.length === 0 ? what : `${what}\nIts last words:\n${lastStderr.map((line) => `  ${line}`).join('\n')}`,
    );
  }
}
