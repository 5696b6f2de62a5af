/**
 * The challenge with which a protected server says what it wants (RFC 6750, section 3; RFC 9728, section 5.1): written at our own
 * door, read from the answers of others. Knows the header, and nothing of what follows from it.
 */

export interface BearerChallenge {
  /** Where the server describes itself and names who issues tokens for it. */
  readonly resourceMetadata?: string | undefined;
  readonly scope?: string | undefined;
  readonly error?: string | undefined;
  readonly errorDescription?: string | undefined;
}

const parameters = [
  ['error', 'error'],
  ['error_description', 'errorDescription'],
  ['scope', 'scope'],
  ['resource_metadata', 'resourceMetadata'],
] as const;

/** The value of `WWW-Authenticate`. What is no visible ASCII is left out of it. */
export function writeChallenge(challenge: BearerChallenge): string {
  const said = parameters.flatMap(([name, key]) => {
    const value = challenge[key];
    return value === undefined ? [] : `${name}=${quoted(value)}`;
  });
  return said.length === 0 ? 'Bearer' : `Bearer ${said.join(', ')}`;
}

function quoted(text: string): string {
  return `"${text.replaceAll(/[^\x20-\x7e]/g, '').replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

/** A name with a value, or a name alone, which begins the next challenge; each with the comma before it. */
const piece = /[\s,]*([!#$%&'*+.^_`|~\w-]+)(?:[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*)))?/y;

/** The first Bearer challenge in the header; undefined where there is none. */
export function readBearerChallenge(header: string | undefined): BearerChallenge | undefined {
  if (header === undefined) return undefined;
  let found: Map<string, string> | undefined;
  piece.lastIndex = 0;
  for (let match = piece.exec(header); match !== null; match = piece.exec(header)) {
    const [, name = '', inQuotes, bare] = match;
    const value = inQuotes?.replaceAll(/\\(.)/g, '$1') ?? bare;
    if (value === undefined) {
      if (found !== undefined) break;
      if (name.toLowerCase() === 'bearer') found = new Map();
    } else if (found !== undefined && !found.has(name.toLowerCase())) found.set(name.toLowerCase(), value);
  }
  if (found === undefined) return undefined;
  const said = found;
  return Object.fromEntries(parameters.map(([name, key]) => [key, said.get(name)]));
}
