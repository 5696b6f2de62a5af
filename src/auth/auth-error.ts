/** What keeps us from proving who we are to a server: a sentence for people that says what to do, and holds no secret. */
export class AuthError extends Error {
  override readonly name = 'AuthError';
  /** The authorization server will not take this again: a new login is wanted. */
  readonly wantsLogin: boolean;

  constructor(sentence: string, { wantsLogin = false, cause }: { wantsLogin?: boolean; cause?: unknown } = {}) {
    super(sentence, { cause });
    this.wantsLogin = wantsLogin;
  }
}
