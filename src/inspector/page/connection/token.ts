/**
 * The token that the page shows with everything it asks: brought in the part of the address that no browser sends, kept for this tab
 * alone, and out of the address bar at once.
 */

const key = 'ninelives.token';

/** What of a hash is a token; undefined where it has none. */
export function tokenIn(hash: string): string | undefined {
  return /^#token=([\w.~-]+)$/.exec(hash)?.[1];
}

/** What somebody pasted: a token, or an address with one. */
export function tokenInText(text: string): string | undefined {
  const trimmed = text.trim();
  return tokenIn(trimmed.slice(Math.max(0, trimmed.indexOf('#')))) ?? /^[\w.~-]{16,}$/.exec(trimmed)?.[0];
}

/** The token of this tab. Takes it out of the address where it is brought there. */
export function takeToken(): string | undefined {
  const brought = tokenIn(location.hash);
  if (brought === undefined) return sessionStorage.getItem(key) ?? undefined;
  keepToken(brought);
  history.replaceState(null, '', `${location.pathname}${location.search}#/`);
  return brought;
}

export function keepToken(token: string): void {
  sessionStorage.setItem(key, token);
}
