/** Where a server on HTTP is, and what its user wants every request to it to carry. Reads what people write. */

export interface HttpTarget {
  /** `scheme://host:port`. */
  readonly origin: string;
  /** Path and query. */
  readonly path: string;
  /** As it may be shown: by `shownUrl`. */
  readonly shown: string;
  /** Sent with every request, in place of whatever else would be sent under these names. Names are in lower case. */
  readonly headers: ReadonlyMap<string, string>;
}

/** These say how one message travels over one connection, and are nobody's to choose. */
const unchoosable: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'http2-settings',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

const tokenPattern = /^[!#$%&'*+.^_`|~0-9a-z-]+$/i;
const valuePattern = /^[\t\x20-\x7e\x80-\xff]*$/;

/** What is wrong with the address or a header, as a sentence that quotes no value; `undefined` when they can be used. */
export function httpProblem(url: string, headers: Readonly<Record<string, string>> = {}): string | undefined {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !['http:', 'https:'].includes(parsed.protocol))
    return 'This is no http:// or https:// URL';
  for (const [name, value] of Object.entries(headers)) {
    const problem = headerProblem(name, value);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/**
 * @param headers as the user named them; a name in them wins over the credentials in the URL.
 * @throws RangeError with the sentence of `httpProblem`.
 */
export function httpTarget(url: string, headers: Readonly<Record<string, string>> = {}): HttpTarget {
  const problem = httpProblem(url, headers);
  if (problem !== undefined) throw new RangeError(problem);
  const parsed = new URL(url);
  const { origin, pathname, search, username, password } = parsed;
  const chosen = new Map<string, string>();
  if (username !== '' || password !== '') chosen.set('authorization', basicAuthorization(username, password));
  for (const [name, value] of Object.entries(headers)) chosen.set(name.toLowerCase(), value.trim());
  return { origin, path: `${pathname}${search}`, shown: shownUrl(parsed), headers: chosen };
}

/** Without credentials, and without a query, which may hold some. */
export function shownUrl({ protocol, host, pathname }: URL): string {
  return `${protocol}//${host}${pathname}`;
}

function headerProblem(name: string, value: string): string | undefined {
  if (!tokenPattern.test(name)) return `${JSON.stringify(name)} is no name of a header`;
  if (unchoosable.has(name.toLowerCase())) return `The header ${name} belongs to the connection and cannot be chosen`;
  if (!valuePattern.test(value)) return `The value of the header ${name} has characters that no header may have`;
  return undefined;
}

function basicAuthorization(username: string, password: string): string {
  const credentials = `${decoded(username)}:${decoded(password)}`;
  return `Basic ${Buffer.from(credentials, 'utf8').toString('base64')}`;
}

/** A percent sign that begins no encoding is one. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
