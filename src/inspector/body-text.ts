/** The body of a frame as text that may be shown: whole, with secrets hidden, or not at all. */

import type { Frame } from '../protocol/envelope.ts';
import { decodeText } from '../protocol/text.ts';
import type { ExchangeHeaders, ExchangeHeadersWith } from '../session/pending.ts';
import type { Redaction } from '../redaction.ts';
import type { Payloads } from './feed-messages.ts';

/** What stands where a body is not shown. */
export const hiddenBody = '[hidden]';

/** Undefined: it is too long to have its secrets looked for. */
export function bodyText(
  frame: Frame,
  payloads: Payloads,
  redaction: Redaction,
  bodyBytesMax: number,
): string | undefined {
  if (payloads === 'hidden') return hiddenBody;
  const { bytes } = frame;
  if (payloads === 'redacted' && bytes.length > bodyBytesMax) return undefined;
  const text = decodeText(bytes);
  return payloads === 'whole' ? text : redaction.body(text);
}

/** Headers that say something about a message; not all of a request can be listed, and most say nothing. */
const shownHeaders = [
  'accept',
  'authorization',
  'content-type',
  'last-event-id',
  'mcp-method',
  'mcp-name',
  'mcp-protocol-version',
  'mcp-session-id',
  'origin',
  'traceparent',
  'tracestate',
  'user-agent',
] as const;

/** Whatever bodies are shown: what proves who a client is, is never shown. */
export function headersOf(
  exchange: { readonly header: ExchangeHeaders; readonly headersWith: ExchangeHeadersWith },
  redaction: Redaction,
): readonly (readonly [name: string, value: string])[] {
  const plain = shownHeaders.flatMap((name): readonly (readonly [string, string])[] => {
    const value = exchange.header(name);
    return value === undefined ? [] : [[name, value]];
  });
  return redaction.headers([...plain, ...exchange.headersWith('mcp-param-')]);
}
