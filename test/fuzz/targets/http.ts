/** What HTTP says beside its body: hosts, origins, session ids, tokens and the headers of the modern era. Never an exception. */

import { BlockList, isIPv6 } from 'node:net';
import { isFault } from '../../../src/protocol/faults.ts';
import { mismatchOfCall, learnHeaderParams, noHeaderParams } from '../../../src/protocol/header-params.ts';
import { decodeHeaderValue, encodeHeaderValue, validateModernHeaders } from '../../../src/protocol/http-headers.ts';
import { readMessage } from '../../../src/protocol/read.ts';
import { encodeText } from '../../../src/protocol/text.ts';
import { bearerToken } from '../../../src/auth/bearer.ts';
import { doorPolicy } from '../../../src/transports/door.ts';
import {
  type HeaderFields,
  headerIn,
  headersBeginning,
  readHeaderFields,
} from '../../../src/transports/http-header-fields.ts';
import { acceptsBoth, isJsonContent, prefersEvents } from '../../../src/transports/http-media.ts';
import { traceHeadersOf } from '../../../src/transports/trace-headers.ts';
import { fuzzCases } from '../fuzz-case.ts';
import { type PureTarget, broken } from '../fuzz-target.ts';

const door = doorPolicy({ listenHost: '127.0.0.1', allowHosts: ['proxy.test', '*.lan.test:8080'] });
const ownNames = /^(?:localhost|127\.0\.0\.1|proxy\.test|[^/@\s]+\.lan\.test)\.?(?::\d{1,5})?$/i;
const ownAddress = new BlockList();
ownAddress.addAddress('::1', 'ipv6');

/** By another way than the door's. */
function isOwnHost(host: string): boolean {
  const [, address] = /^\[([^\]%]*)\](?::\d{1,5})?$/.exec(host) ?? [];
  return address === undefined ? ownNames.test(host) : isIPv6(address) && ownAddress.check(address, 'ipv6');
}

/** A page of one of the own hosts, by HTTP. */
function isOwnOrigin(origin: HeaderFields['origins']): boolean {
  return typeof origin === 'string' && /^https?:\/\//i.test(origin) && isOwnHost(origin.replace(/^\w+:\/\//, ''));
}

const call = (name: string): string =>
  `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"${name}","arguments":{"city":"Bern","n":5},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{},"traceparent":"00-${'a'.repeat(32)}-${'b'.repeat(16)}-01","tracestate":"x=y"}}}`;
const known = learnHeaderParams(
  noHeaderParams,
  encodeText(
    '{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"weather","inputSchema":{"type":"object","properties":{"city":{"type":"string","x-mcp-header":"City"},"n":{"type":"number","x-mcp-header":"N"}}}}]}}',
  ),
);

const head = [
  'Host: localhost:7400',
  'Origin: http://localhost:7400',
  'Accept: application/json, text/event-stream',
  'Content-Type: application/json',
  'Mcp-Session-Id: 0a1b2c',
  'Authorization: Bearer abc.def-ghi',
  'MCP-Protocol-Version: 2026-07-28',
  'Mcp-Method: tools/call',
  'Mcp-Name: weather',
  'Mcp-Param-City: Bern',
  'Mcp-Param-N: 5',
];

/** Names and values in turn, as a server of Node has them. */
function rawHeaders(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => {
    const colon = line.indexOf(':');
    return colon < 1 ? [] : [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
}

export const http: PureTarget = {
  name: 'http',
  kind: 'pure',
  law: 'the door lets in whom it knows alone, and headers that make no sense are refused and not thrown about',
  cases: fuzzCases(
    [
      encodeText(`${head.join('\r\n')}\r\n\r\n${call('weather')}`),
      encodeText(`Host: [::1]\r\n\r\n${call('=?base64?d2VhdGhlcg==?=')}`),
    ],
    [
      ...['\r\n', ': ', '@', '/', '.', '..', ':', '[', ']', '#', '?', ' ', '\t', ',', ';', '\u0000', 'ü', '%2e', '0'],
      ...['localhost', '127.0.0.1', '127.1', '2130706433', '[::ffff:127.0.0.1]', '[::1]', 'evil.test', '.localhost'],
      ...['localhost.evil.test', 'x.lan.test:8080', 'null', 'http://', 'https://', 'Host: evil.test\r\n', 'Bearer '],
      ...['=?base64?', '?=', '====', '/w==', 'Mcp-Name: a\r\n', 'Mcp-Param-City: ', '1e400', 'NaN', '99999', '65536'],
      ...['Mcp-Session-Id: other\r\n', '__proto__', 'constructor', 'a.'.repeat(200), 'tools/list', '{', '}', '"'],
    ],
  ),
  check: ({ bytes }) => {
    const text = Buffer.from(bytes).toString('latin1');
    const [said = '', ...rest] = text.split('\r\n\r\n');
    const raw = rawHeaders(said.split('\r\n'));
    const fields: HeaderFields = {
      hosts: undefined,
      origins: undefined,
      accept: undefined,
      contentType: undefined,
      contentEncoding: undefined,
      contentLength: undefined,
      sessionId: undefined,
      protocolVersion: undefined,
      lastEventId: undefined,
    };
    readHeaderFields(fields, raw);
    if (fields.sessionId !== headerIn(raw, 'mcp-session-id')) broken('a session id is read in two ways');
    const refused = door.check({ host: fields.hosts, origin: fields.origins });
    if (refused === undefined) {
      if (typeof fields.hosts !== 'string' || !isOwnHost(fields.hosts)) broken(`let in for ${String(fields.hosts)}`);
      if (fields.origins !== undefined && !isOwnOrigin(fields.origins)) broken(`let in from ${String(fields.origins)}`);
    } else if (/[^\x20-\x7e]/.test(refused.reason)) broken('a refusal repeats what is no name');
    bearerToken(headerIn(raw, 'authorization'));
    isJsonContent(fields.contentType);
    acceptsBoth(fields.accept);
    prefersEvents(fields.accept);
    const frame = readMessage(Buffer.from(rest.join('\r\n\r\n'), 'latin1'));
    const name = headerIn(raw, 'mcp-name');
    if (name !== undefined) expectRoundTrip(name);
    if (isFault(frame)) return;
    const { ok } = validateModernHeaders(frame, (header) => headerIn(raw, header));
    const mismatch = mismatchOfCall(frame, known, (prefix) => headersBeginning(raw, prefix));
    if (typeof ok !== 'boolean' || mismatch === '') broken('a verdict without reason');
    for (const value of traceHeadersOf(frame)?.values() ?? []) {
      if (/[^\x20-\x7e]/.test(value)) broken('a trace header would hold what no header can');
    }
  },
};

/** Whatever is said in a header is said again without anything in it that ends a header. */
function expectRoundTrip(value: string): void {
  const decoded = decodeHeaderValue(value);
  if (decoded === undefined) return;
  const encoded = encodeHeaderValue(decoded);
  if (/[^\t\x20-\x7e]/.test(encoded)) broken('a header value would hold a control character');
  if (decodeHeaderValue(encoded) !== decoded && !/[\ud800-\udfff]/.test(decoded))
    broken('a header value is not read back');
}
