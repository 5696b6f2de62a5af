/** The value that a message in slices says. */

import { isJsonObject } from '../protocol/derive.ts';
import { decodeText } from '../protocol/text.ts';

/** @param message slices that together are one message that was read before. */
export function valueOf(message: readonly Uint8Array[]): object {
  const [only] = message;
  if (message.length === 1 && only !== undefined) return parsed(only);
  const whole = new Uint8Array(message.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of message) {
    whole.set(part, at);
    at += part.length;
  }
  return parsed(whole);
}

function parsed(bytes: Uint8Array): object {
  const value: unknown = JSON.parse(decodeText(bytes));
  if (!isJsonObject(value)) throw new TypeError('A message is one JSON object');
  return value;
}
