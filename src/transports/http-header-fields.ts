/** The headers of a request that decide about it, and any other by its name. Knows how headers are named and repeated. */

export interface HeaderFields {
  /** More than one makes a request that is for nobody (see door.ts). */
  hosts: string | string[] | undefined;
  origins: string | string[] | undefined;
  accept: string | undefined;
  contentType: string | undefined;
  contentEncoding: string | undefined;
  contentLength: string | undefined;
  sessionId: string | undefined;
  protocolVersion: string | undefined;
  lastEventId: string | undefined;
}

/** The headers of a request that is not one of Node's own, whole from the start. */
export class ReadHeaderFields implements HeaderFields {
  hosts: string | string[] | undefined = undefined;
  origins: string | string[] | undefined = undefined;
  accept: string | undefined = undefined;
  contentType: string | undefined = undefined;
  contentEncoding: string | undefined = undefined;
  contentLength: string | undefined = undefined;
  sessionId: string | undefined = undefined;
  protocolVersion: string | undefined = undefined;
  lastEventId: string | undefined = undefined;
  readonly rawHeaders: readonly string[];

  /** @param rawHeaders names and values in turn. */
  constructor(rawHeaders: readonly string[]) {
    this.rawHeaders = rawHeaders;
    readHeaderFields(this, rawHeaders);
  }

  header(name: string): string | undefined {
    return headerIn(this.rawHeaders, name);
  }
}

/** Fills the fields. To be called once, when the headers are complete. @param raw names and values in turn. */
export function readHeaderFields(fields: HeaderFields, raw: readonly string[]): void {
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at]!;
    const value = raw[at + 1]!;
    // By length first: most headers are none of these, and need no second look.
    switch (name.length) {
      case 4:
        if (isNamed(name, 'host')) fields.hosts = together(fields.hosts, value);
        break;
      case 6:
        if (isNamed(name, 'accept')) fields.accept = joined(fields.accept, value);
        else if (isNamed(name, 'origin')) fields.origins = together(fields.origins, value);
        break;
      case 12:
        if (isNamed(name, 'content-type')) fields.contentType = joined(fields.contentType, value);
        break;
      case 13:
        if (isNamed(name, 'last-event-id')) fields.lastEventId = joined(fields.lastEventId, value);
        break;
      case 14:
        if (isNamed(name, 'mcp-session-id')) fields.sessionId = joined(fields.sessionId, value);
        else if (isNamed(name, 'content-length')) fields.contentLength = value;
        break;
      case 16:
        if (isNamed(name, 'content-encoding')) fields.contentEncoding = joined(fields.contentEncoding, value);
        break;
      case 20:
        if (isNamed(name, 'mcp-protocol-version')) fields.protocolVersion = joined(fields.protocolVersion, value);
        break;
      default:
    }
  }
}

/**
 * The headers whose names begin so, among names and values in turn, under their names in lower case.
 * @param prefix in lower case.
 */
export function headersBeginning(raw: readonly string[], prefix: string): readonly (readonly [string, string])[] {
  const found = new Map<string, string>();
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at]!;
    if (name.length < prefix.length || !isNamed(name.slice(0, prefix.length), prefix)) continue;
    const lowerCase = name.toLowerCase();
    found.set(lowerCase, joined(found.get(lowerCase), raw[at + 1]!));
  }
  return [...found];
}

/** Any header, by its name in lower case, among names and values in turn. */
export function headerIn(raw: readonly string[], name: string): string | undefined {
  let found: string | undefined;
  for (let at = 0; at + 1 < raw.length; at += 2) {
    if (isNamed(raw[at]!, name)) found = joined(found, raw[at + 1]!);
  }
  return found;
}

function isNamed(name: string, lowerCase: string): boolean {
  return name === lowerCase || (name.length === lowerCase.length && name.toLowerCase() === lowerCase);
}

function together(before: string | string[] | undefined, value: string): string | string[] {
  if (before === undefined) return value;
  return typeof before === 'string' ? [before, value] : [...before, value];
}

/** As a list in one header would read. */
function joined(before: string | undefined, value: string): string {
  return before === undefined ? value : `${before}, ${value}`;
}
