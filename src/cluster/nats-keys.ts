/**
 * Keys as the tables of NATS take them: letters, digits, `-` and `_` stand for themselves, and each byte of anything else is `=` with
 * two hexadecimal digits. Different keys have different names, and each name leads back to its key.
 */

import { decodeText, encodeText } from '../protocol/text.ts';

const plain = /^[\w-]$/;

export function encodeKey(key: string): string {
  let name = '';
  for (const byte of encodeText(key)) {
    const character = String.fromCharCode(byte);
    name += plain.test(character) ? character : `=${byte.toString(16).padStart(2, '0')}`;
  }
  return name;
}

export function decodeKey(name: string): string {
  const bytes: number[] = [];
  for (let at = 0; at < name.length; at += 1) {
    if (name[at] === '=') {
      bytes.push(Number.parseInt(name.slice(at + 1, at + 3), 16));
      at += 2;
    } else bytes.push(name.charCodeAt(at));
  }
  return decodeText(Uint8Array.from(bytes));
}
