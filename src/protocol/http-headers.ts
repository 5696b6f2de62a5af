/**
 * What a modern message says in HTTP headers (2026-07-28, basic/transports; SEP-2243, SEP-2663), whether the headers that came
 * with it say the same, and which HTTP status an error has. Knows messages and header values, not HTTP servers.
 *
 * The checks are those of the official TypeScript server, version 2.4.0 (`classifyInboundRequest`, `createMcpHandler`), in
 * its order; the first that fails answers, always with HTTP 400 and the id of the request, or `null` for a notification:
 *
 * 1. A request `initialize` whose metadata is not that of a modern revision, under a modern version header: -32020. Without
 *    such a header it opens a legacy session, and no header is checked.
 * 2. A request with a protocol version in `params._meta`: metadata that is not valid is -32602. Here that is a version that
 *    is no string, and client capabilities that are absent or no object; the official server also looks into capabilities,
 *    client information and log level, which is left to the server, whose -32602 then comes with HTTP 200.
 * 3. The header `MCP-Protocol-Version` is there and names another version than the message: -32020.
 * 4. The header `Mcp-Method` is there and names another method: -32020.
 * 5. A request without a version of its own under a modern version header: -32602. Under any other header it is legacy.
 * 6. The official server now answers -32022 to a version that it does not speak, to notifications too. A proxy cannot know
 *    what the server behind it speaks, so that answer is the server's; and since what such a version asks of headers is not
 *    known either, nothing more is checked.
 * 7. On requests: a missing `MCP-Protocol-Version` or `Mcp-Method`, then a missing `Mcp-Name` where the message has the
 *    member that it repeats, then an `Mcp-Name` that is no valid base64 or says something else: -32020.
 *
 * A notification goes through 2 to 4 if it names a version (of its metadata only the version's type counts), and through 4
 * if the header alone is modern; missing headers are no fault of it. Its good end is HTTP 202. `server/discover` is a request
 * like any other. Responses are not checked. `Mcp-Param-*` takes the schema of the tool (header-params.ts); the official server
 * compares it after all of the above (-32020).
 *
 * A version is modern when it sorts at or behind 2026-07-28. White space around a header's value is not part of it. Posted
 * arrays and bodies that are no message (-32600 with 400) are read elsewhere.
 */
import type { Frame } from './envelope.ts';
import { openBrace, quote } from './json-text.ts';
import { memberPath, placeOfMember } from './member-path.ts';
import type { MemberPath } from './member-path.ts';
import { stringAt } from './members.ts';
import { revisionRow } from './revisions.ts';
import { decodeText, encodeText, isValidUtf8 } from './text.ts';

declare const btoa: (binary: string) => string;
declare const atob: (base64: string) => string;

/** The values of `MCP-Protocol-Version`, `Mcp-Method` and `Mcp-Name`, encoded for a header. */
export interface ModernHeaders {
  readonly protocolVersion: string;
  readonly method: string;
  readonly name: string | undefined;
}

export const headerMismatch = -32020;
export const invalidParams = -32602;

export type HeaderVerdict =
  | { readonly ok: true }
  /** To be answered with HTTP 400 and a JSON-RPC error of this code. */
  | {
      readonly ok: false;
      readonly code: typeof headerMismatch | typeof invalidParams;
      readonly reason: string;
    };

const firstModernRevision = '2026-07-28';
const sentinelStart = '=?base64?';
const sentinelEnd = '?=';
const base64Text = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
/** What a header's value can hold as it is, but for white space at its ends. */
const plainValue = /^[\t\u0020-\u007e]+$/;
const whiteSpaceAround = /^[\t ]|[\t ]$/;
/** Of a value that is told in a reason. */
const shownLengthMax = 200;

const namePath = memberPath('params', 'name');
const uriPath = memberPath('params', 'uri');
const taskIdPath = memberPath('params', 'taskId');
const claimPath = memberPath('params', '_meta', 'io.modelcontextprotocol/protocolVersion');
const capabilitiesPath = memberPath('params', '_meta', 'io.modelcontextprotocol/clientCapabilities');

/** The member that `Mcp-Name` repeats. */
const pathOfName: ReadonlyMap<string, MemberPath> = new Map([
  ['tools/call', namePath],
  ['prompts/get', namePath],
  ['resources/read', uriPath],
  ['tasks/get', taskIdPath],
  ['tasks/update', taskIdPath],
  ['tasks/cancel', taskIdPath],
]);

const statusOfCode: ReadonlyMap<number, number> = new Map([
  [-32700, 400],
  [-32600, 400],
  [-32601, 404],
  [headerMismatch, 400],
  [-32021, 400],
  [-32022, 400],
]);

const ok: HeaderVerdict = { ok: true };

/**
 * The headers under which a request or notification goes to an HTTP server; `undefined` for one that names no revision of
 * the protocol. The name is read where it stands, the message is not parsed.
 */
export function modernHeadersOf(frame: Frame): ModernHeaders | undefined {
  const { method, revisionClaim } = frame.envelope;
  if (revisionClaim === undefined || revisionClaim === '') return undefined;
  const name = frame.envelope.kind === 'request' ? nameOf(frame) : undefined;
  return {
    protocolVersion: encodeHeaderValue(revisionClaim),
    method: encodeHeaderValue(method),
    name: name === undefined ? undefined : encodeHeaderValue(name),
  };
}

/**
 * Whether a message that a client posted may go on to a server that sees no headers.
 *
 * @param headers the value of a header by its name in lower case.
 */
export function validateModernHeaders(frame: Frame, headers: (name: string) => string | undefined): HeaderVerdict {
  const { kind, method, revisionClaim } = frame.envelope;
  if (kind === 'response') return ok;
  const versionHeader = headerValue(headers('mcp-protocol-version'));
  const isModernHeader = versionHeader !== undefined && isModern(versionHeader);
  const isRequest = kind === 'request';

  if (isRequest && method === 'initialize' && !isModernRequest(frame)) {
    return isModernHeader ? mismatch(`initialize does not exist in the revision ${shown(versionHeader)}`) : ok;
  }
  if (revisionClaim === undefined) {
    if (!isModernHeader) return ok;
    if (isRequest) return invalid(`under the revision ${shown(versionHeader)} a request has to name it itself`);
    return methodVerdict(method, headerValue(headers('mcp-method')));
  }
  const fault = isRequest ? metadataFault(frame) : claimFault(frame);
  if (fault !== undefined) return invalid(fault);
  if (versionHeader !== undefined && versionHeader !== revisionClaim) {
    return mismatch(`MCP-Protocol-Version says ${shown(versionHeader)}, the message ${shown(revisionClaim)}`);
  }
  const methodHeader = headerValue(headers('mcp-method'));
  // A notification that names a legacy revision is refused by the server for that alone.
  if (isRequest || isModern(revisionClaim)) {
    const verdict = methodVerdict(method, methodHeader);
    if (!verdict.ok) return verdict;
  }
  if (!isRequest || revisionRow(revisionClaim)?.era !== 'modern') return ok;
  if (versionHeader === undefined) return mismatch('MCP-Protocol-Version is missing');
  if (methodHeader === undefined) return mismatch('Mcp-Method is missing');
  return nameVerdict(frame, headerValue(headers('mcp-name')));
}

/**
 * The HTTP status of an error response in the modern era, given by a server that sees no HTTP. The official server tells
 * errors of its own gates (unknown method 404, unknown version 400) from errors of handlers (200 but for -32021, which is 400
 * wherever it comes from). From outside they look alike, so a code that gates use is taken for theirs; -32602 is not among
 * them, since its only gate is `validateModernHeaders`. Once a response has begun as an event stream, its status is 200.
 */
export function modernStatusOf(errorCode: number): number {
  return statusOfCode.get(errorCode) ?? 200;
}

/** The value as a header can hold it: as it is, or its UTF-8 in base64 between `=?base64?` and `?=`. */
export function encodeHeaderValue(value: string): string {
  const isPlain = plainValue.test(value) && !whiteSpaceAround.test(value) && !isSentinel(value);
  if (isPlain) return value;
  let binary = '';
  for (const byte of encodeText(value)) binary += String.fromCharCode(byte);
  return `${sentinelStart}${btoa(binary)}${sentinelEnd}`;
}

/** What a header's value says; `undefined` when it claims to be base64 of UTF-8 and is not. */
export function decodeHeaderValue(value: string): string | undefined {
  if (!isSentinel(value)) return value;
  const base64 = value.slice(sentinelStart.length, -sentinelEnd.length);
  if (!base64Text.test(base64)) return undefined;
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return isValidUtf8(bytes) ? decodeText(bytes) : undefined;
}

function isSentinel(value: string): boolean {
  return value.startsWith(sentinelStart) && value.endsWith(sentinelEnd);
}

/** The value without the spaces and tabs around it, which HTTP lets anybody add. */
export function headerValue(header: string | undefined): string | undefined {
  if (header === undefined || !whiteSpaceAround.test(header)) return header;
  let start = 0;
  let end = header.length;
  while (isWhiteSpace(header, start)) start += 1;
  while (end > start && isWhiteSpace(header, end - 1)) end -= 1;
  return header.slice(start, end);
}

function isWhiteSpace(text: string, at: number): boolean {
  return text[at] === ' ' || text[at] === '\t';
}

/** Revisions are dates, so they sort by time. */
function isModern(revision: string): boolean {
  return revision >= firstModernRevision;
}

function isModernRequest(frame: Frame): boolean {
  const { revisionClaim } = frame.envelope;
  return revisionClaim !== undefined && isModern(revisionClaim) && metadataFault(frame) === undefined;
}

function metadataFault(frame: Frame): string | undefined {
  const place = placeOfMember(frame.bytes, capabilitiesPath);
  if (place === undefined) return 'io.modelcontextprotocol/clientCapabilities is missing in _meta';
  if (frame.bytes[place.start] !== openBrace) return 'io.modelcontextprotocol/clientCapabilities is no object';
  return claimFault(frame);
}

/** The envelope has `''` for a version that is no string, and for an empty one. */
function claimFault({ bytes, envelope }: Frame): string | undefined {
  if (envelope.revisionClaim !== '') return undefined;
  const place = placeOfMember(bytes, claimPath);
  const isText = place !== undefined && bytes[place.start] === quote;
  return isText ? undefined : 'io.modelcontextprotocol/protocolVersion is no string';
}

function methodVerdict(method: string, header: string | undefined): HeaderVerdict {
  if (header === undefined || header === method) return ok;
  return mismatch(`Mcp-Method says ${shown(header)}, the message ${shown(method)}`);
}

function nameVerdict(frame: Frame, header: string | undefined): HeaderVerdict {
  if (!pathOfName.has(frame.envelope.method)) return ok;
  const name = nameOf(frame);
  if (header === undefined) return name === undefined ? ok : mismatch('Mcp-Name is missing');
  const said = decodeHeaderValue(header);
  if (said === undefined) return mismatch('Mcp-Name is no base64 of UTF-8');
  if (name === undefined || said === name) return ok;
  return mismatch(`Mcp-Name says ${shown(said)}, the message ${shown(name)}`);
}

/** What a request is about, which is what `Mcp-Name` repeats; `undefined` where that is no string. */
export function nameOf({ bytes, envelope }: Frame): string | undefined {
  const path = pathOfName.get(envelope.method);
  const place = path && placeOfMember(bytes, path);
  return place !== undefined && bytes[place.start] === quote ? stringAt(bytes, place.start, place.end - 1) : undefined;
}

function mismatch(detail: string): HeaderVerdict {
  return { ok: false, code: headerMismatch, reason: `Headers and message disagree: ${detail}.` };
}

function invalid(detail: string): HeaderVerdict {
  return { ok: false, code: invalidParams, reason: `The metadata of the request is not valid: ${detail}.` };
}

/** A value as a reason tells it. */
export function shown(value: string): string {
  return JSON.stringify(value.slice(0, shownLengthMax));
}
