/**
 * The file in which an operator keeps who may come in: a line for each token, `NAME sha256:HEX [SCOPE ...]`. What is wrong is
 * said with its line. Tokens themselves are refused, so that none stays in a file.
 */

import type { StaticToken } from './static-tokens.ts';

export type ReadTokens = { readonly tokens: readonly StaticToken[] } | { readonly problem: string };

export const tokensMax = 10_000;

const namePattern = /^[\w.@+-]{1,128}$/;
const digestPattern = /^sha256:([0-9a-f]{64})$/i;
/** RFC 6749, section 3.3. */
const scopePattern = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/** @param file what the text is called in a problem. */
export function readTokens(text: string, file: string): ReadTokens {
  const tokens: StaticToken[] = [];
  const digests = new Set<string>();
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    const read = tokenIn(line.trim());
    const problem = typeof read === 'string' ? read : repeated(read, digests);
    if (problem !== undefined) return { problem: `${file}:${at + 1}: ${problem}` };
    if (typeof read !== 'string') tokens.push(read);
    if (tokens.length > tokensMax) return { problem: `${file}:${at + 1}: more than ${tokensMax} tokens` };
  }
  return tokens.length === 0
    ? { problem: `${file}: there is no token in it, so that nobody could come in` }
    : { tokens };
}

/** A line of such a file. */
export function tokenLine({ name, digest, scopes = [] }: StaticToken): string {
  return [name, `sha256:${digest.toString('hex')}`, ...scopes].join(' ');
}

/** What is wrong with a name for who brings a token. */
export function nameProblem(name: string): string | undefined {
  return namePattern.test(name) ? undefined : 'a name has letters, digits and . _ @ + - only, at most 128';
}

/** The sentence says nothing of the line, which may hold a token. */
function tokenIn(line: string): StaticToken | string {
  const [name = '', digest = '', ...scopes] = line.split(/\s+/);
  const problem = nameProblem(name);
  if (problem !== undefined) return problem;
  const [, hex] = digestPattern.exec(digest) ?? [];
  if (hex === undefined) {
    return "after the name stands sha256: and 64 hexadecimal digits, not the token itself: 'ninelives auth token NAME' makes a line";
  }
  if (!scopes.every((scope) => scopePattern.test(scope)))
    return 'a scope is visible ASCII without quotes and backslashes';
  return { name, digest: Buffer.from(hex, 'hex'), scopes: scopes.length === 0 ? undefined : scopes };
}

function repeated({ digest }: StaticToken, digests: Set<string>): string | undefined {
  const hex = digest.toString('hex');
  if (digests.has(hex)) return 'this token stands in a line above already';
  digests.add(hex);
  return undefined;
}
