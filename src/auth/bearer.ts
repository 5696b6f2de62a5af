/**
 * Reads what a request says about who sends it: one token, in one Authorization header (RFC 6750, section 2.1). Tokens in a query
 * or a form are not looked for, since MCP forbids them. Does not know what a token is worth.
 */

export type Presented =
  | { readonly kind: 'none' }
  /** Never with the value, which may be a secret of some other kind. */
  | { readonly kind: 'malformed'; readonly reason: string }
  | { readonly kind: 'token'; readonly token: string };

const none: Presented = { kind: 'none' };

const tokenCharactersMax = 8192;
const bearer = /^bearer(?: |$)/i;
const token68 = /^[A-Za-z0-9._~+/-]+=*$/;

/** @param authorization the header; several of them as one list, which no token can be mistaken for. */
export function bearerToken(authorization: string | undefined): Presented {
  // Another scheme proves nothing here, and is answered as nothing is: by the scheme that does.
  if (authorization === undefined || !bearer.test(authorization)) return none;
  const token = authorization.slice('bearer'.length).trim();
  if (token.length > tokenCharactersMax) return { kind: 'malformed', reason: 'The token is longer than any' };
  if (!token68.test(token))
    return { kind: 'malformed', reason: 'A request carries one token, as Authorization: Bearer TOKEN' };
  return { kind: 'token', token };
}
