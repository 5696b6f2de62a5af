/**
 * A message as one line. Between the tokens of JSON a line ending is white space, and within a string there is none, so that
 * a blank in its place says the same; on a transport that separates messages by lines it would be the end of the message.
 */

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const blank = 0x20;

/** The same bytes where there is nothing to replace, else others. */
export function oneLine(message: Uint8Array): Uint8Array {
  if (!message.includes(lineFeed) && !message.includes(carriageReturn)) return message;
  return message.map((byte) => (byte === lineFeed || byte === carriageReturn ? blank : byte));
}
