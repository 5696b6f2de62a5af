/** The part of a token's content that is kept, for rules to ask about: bounded, so that nobody's sessions are large by their token. */

import type { Claims } from '../session/interception.ts';

/** Characters of a claim's name and of its value as JSON, over all claims that are kept. */
export const claimsCharactersMax = 4096;

/** Claims in the order in which they stand, without those that there is no room for. */
export function boundedClaims(payload: Claims): Claims {
  let left = claimsCharactersMax;
  const kept = Object.entries(payload).filter(([name, value]) => {
    const characters = name.length + (JSON.stringify(value) ?? '').length;
    if (characters > left) return false;
    left -= characters;
    return true;
  });
  return Object.freeze(Object.fromEntries(kept));
}
