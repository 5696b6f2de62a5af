/** Ids that nobody can guess: UUIDs of version 4 (RFC 9562, section 5.4), 122 random bits. */

import { decodeText, encodeText } from '../protocol/text.ts';
import { fillRandom } from './platform.ts';

const hexDigits = encodeText('0123456789abcdef');
const dash = '-'.charCodeAt(0);
/** The dashes stand behind so many bytes. */
const groupEnds = [4, 6, 8, 10];

/**
 * A new id, decoded from bytes and not joined: a text that is joined of parts keeps them, some 450 bytes for as long as the
 * session lives.
 */
export function randomId(): string {
  const random = fillRandom(new Uint8Array(16));
  random[6] = (random[6]! & 0x0f) | 0x40;
  random[8] = (random[8]! & 0x3f) | 0x80;
  const text = new Uint8Array(36);
  let at = 0;
  for (const [index, byte] of random.entries()) {
    if (groupEnds.includes(index)) text[at++] = dash;
    text[at++] = hexDigits[byte >> 4]!;
    text[at++] = hexDigits[byte & 0x0f]!;
  }
  return decodeText(text);
}
