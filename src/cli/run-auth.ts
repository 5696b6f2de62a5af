/** Runs the commands of `ninelives auth`. Does not know how the command line was written. */

import { digestOf, newToken } from '../auth/static-tokens.ts';
import { tokenLine } from '../auth/token-file.ts';

export interface TokenRequest {
  readonly kind: 'token';
  readonly name: string;
  /** Undefined: good for everything. */
  readonly scopes: readonly string[] | undefined;
}

export type AuthRequest = TokenRequest;

/** Where people and programs read what a command says. */
export interface Streams {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

export async function runAuth(request: AuthRequest, { stdout, stderr }: Streams = process): Promise<void> {
  const token = newToken();
  const { name, scopes } = request;
  stderr.write(`The token of ${name}, which is not shown again: ${token}\n`);
  stdout.write(`${tokenLine({ name, digest: digestOf(token), scopes })}\n`);
}
