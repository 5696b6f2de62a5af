/**
 * Writes server-sent events (WHATWG HTML, "Server-sent events") in the form in which the official SDKs write them. Knows how
 * text becomes lines of an event, not what the events mean.
 */
import { encodeText } from './text.ts';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

const messageStart = encodeText('event: message\ndata: ');
const nextLine = encodeText('\ndata: ');
const eventEnd = encodeText('\n\n');

/**
 * One JSON message as an event, in slices: those of the message are passed on as they are. A line ending between its tokens
 * begins another `data` line, so that the reader gets a line feed in its place.
 *
 * @param id left out when it cannot be written: no field of the standard holds a line ending or U+0000.
 */
export function encodeSseEvent(parts: readonly Uint8Array[], id: string | undefined): readonly Uint8Array[] {
  const start = id === undefined ? messageStart : encodeText(`event: message\n${idLine(id)}data: `);
  return [start, ...parts.map((part) => (hasLineEnding(part) ? inDataLines(part) : part)), eventEnd];
}

/** An event without message that gives the client an id to resume after (2025-11-25, basic/transports). */
export function encodeSsePriming(id: string, retryMs: number | undefined): Uint8Array {
  return encodeText(`${idLine(id)}${retryMs === undefined ? '' : `retry: ${retryMs}\n`}data: \n\n`);
}

/** A comment, which readers pass over: it shows that the stream is alive. */
export function encodeSseComment(text: string): Uint8Array {
  return encodeText(`: ${onOneLine(text)}\n\n`);
}

/** An event of another type than a message: the HTTP transport of 2024-11-05 tells its `endpoint` so. */
export function encodeSseNamed(event: string, data: string): Uint8Array {
  return encodeText(`event: ${onOneLine(event)}\ndata: ${data.replaceAll(/\r\n|\r|\n/g, '\ndata: ')}\n\n`);
}

function idLine(id: string): string {
  return /[\0\r\n]/.test(id) ? '' : `id: ${id}\n`;
}

function onOneLine(text: string): string {
  return text.replaceAll(/[\r\n]/g, ' ');
}

function hasLineEnding(bytes: Uint8Array): boolean {
  return bytes.includes(lineFeed) || bytes.includes(carriageReturn);
}

/**
 * The bytes with each line ending made into the beginning of a `data` line. Not a space: a line ending within a string is
 * no JSON, and must not become some.
 */
function inDataLines(bytes: Uint8Array): Uint8Array {
  let endings = 0;
  for (const byte of bytes) if (byte === lineFeed || byte === carriageReturn) endings += 1;
  const lines = new Uint8Array(bytes.length + endings * (nextLine.length - 1));
  let length = 0;
  let start = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte !== lineFeed && byte !== carriageReturn) continue;
    lines.set(bytes.subarray(start, at), length);
    length += at - start;
    lines.set(nextLine, length);
    length += nextLine.length;
    if (byte === carriageReturn && bytes[at + 1] === lineFeed) at += 1;
    start = at + 1;
  }
  lines.set(bytes.subarray(start), length);
  return lines.subarray(0, length + bytes.length - start);
}
