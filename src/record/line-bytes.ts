/**
 * Lines of a tape as bytes, put together piece by piece where they will be written from: no line is ever a text, since to encode one
 * costs more than all that is said in it. Grows as far as it must; knows JSON's numbers and texts, and nothing of tapes.
 */

import { encodeText } from '../protocol/text.ts';

/** A piece of a line that is the same each time. ASCII alone is worth it: what comes from outside has the ways below. */
export function piece(text: string): Uint8Array {
  return encodeText(text);
}

/**
 * Pieces in which one word or two are others each time, made once for each of them; forgotten when there are too many, since some
 * words come from outside.
 */
export function phrases(text: (one: string, other: string) => string): (one: string, other?: string) => Uint8Array {
  let known = new Map<string, Map<string, Uint8Array>>();
  let count = 0;
  // What was said last is said again more often than not.
  let lastOne = '';
  let lastOther = '';
  let last: Uint8Array | undefined;
  return (one, other = '') => {
    if (last !== undefined && one === lastOne && other === lastOther) return last;
    let bytes = known.get(one)?.get(other);
    if (bytes === undefined) {
      bytes = piece(text(one, other));
      if (bytes.length > phraseBytesMax) return bytes;
      if (count++ === phrasesMax) {
        known = new Map();
        count = 1;
      }
      const among = known.get(one) ?? new Map<string, Uint8Array>();
      known.set(one, among.set(other, bytes));
    }
    lastOne = one;
    lastOther = other;
    last = bytes;
    return bytes;
  };
}

const phrasesMax = 1000;
const phraseBytesMax = 300;

/** Bytes that a UTF-16 unit is at most in UTF-8. */
const unitBytesMax = 3;
/** Longer texts are measured before there is made room for them. */
const shortCharactersMax = 4096;
/** Fewer bytes are copied sooner than a copy of many is called for. */
const fewBytesMax = 48;
const shortMessageBytesMax = 1024;
const digitsMax = 10;
const zero = 0x30;
const space = 0x20;
const newline = 0x0a;
const carriageReturn = 0x0d;
/** In each byte of a word: what follows the line breaks, and the bit that a byte of ASCII does not have. */
const lineBreaksEnd = 0x0e0e0e0e;
const topBits = 0x80808080 | 0;

export class LineBytes {
  #bytes: Buffer;
  /** The same bytes, four at a time. */
  #words: Int32Array;
  #length = 0;

  constructor(bytesAtFirst = 16 * 1024) {
    this.#bytes = roomFor(bytesAtFirst);
    this.#words = wordsOf(this.#bytes);
  }

  /** Bytes so far. */
  get length(): number {
    return this.#length;
  }

  /** Bytes that there is room for now. */
  get capacity(): number {
    return this.#bytes.length;
  }

  /** What was put together; good until the next piece. */
  get written(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Takes back what was put behind so many bytes. */
  cutTo(length: number): void {
    this.#length = length;
  }

  piece(bytes: Uint8Array): void {
    const end = this.#length + bytes.length;
    if (end > this.#bytes.length) this.#grow(end);
    const from = this.#length;
    const room = this.#bytes;
    if (bytes.length > fewBytesMax) room.set(bytes, from);
    else for (let at = 0; at < bytes.length; at += 1) room[from + at] = bytes[at]!;
    this.#length = end;
  }

  number(value: number): void {
    if (value >= 0 && value <= 0x7fffffff && (value | 0) === value) this.#digits(value);
    else this.text(String(value));
  }

  /** As JSON-RPC has it: a number, a text, or null where none could be read. */
  id(id: string | number | null): void {
    if (typeof id === 'number') this.number(id);
    else this.json(id);
  }

  /** Those of an object, behind others. */
  members(object: object): void {
    const text = JSON.stringify(object);
    if (text !== '{}') this.text(`,${text.slice(1, -1)}`);
  }

  json(value: unknown): void {
    this.text(JSON.stringify(value));
  }

  text(text: string): void {
    const bytesMax = text.length <= shortCharactersMax ? text.length * unitBytesMax : Buffer.byteLength(text);
    if (this.#length + bytesMax > this.#bytes.length) this.#grow(this.#length + bytesMax);
    this.#length += this.#bytes.write(text, this.#length);
  }

  /** JSON on one line: what separates its lines is space. */
  onOneLine(json: Uint8Array | string): void {
    const from = this.#length;
    if (typeof json === 'string') this.text(json);
    else this.piece(json);
    if (this.#length - from <= shortMessageBytesMax && !this.#mayBreak(from)) return;
    this.#flatten(newline, from);
    this.#flatten(carriageReturn, from);
  }

  /** False: none of the bytes is a line break. Looks at four at once, which costs a short message less than a search is called for. */
  #mayBreak(from: number): boolean {
    const bytes = this.#bytes;
    const end = this.#length;
    const words = this.#words;
    const wordsEnd = end >> 2;
    // The bytes before are of the line, and break it as little.
    for (let at = from >> 2; at < wordsEnd; at += 1) {
      const word = words[at]!;
      if (((word - lineBreaksEnd) & ~word & topBits) !== 0) return true;
    }
    for (let at = wordsEnd << 2; at < end; at += 1) if (bytes[at]! <= carriageReturn) return true;
    return false;
  }

  /** One is put behind the last byte, so that the search for it ends there. */
  #flatten(lineBreak: number, from: number): void {
    const end = this.#length;
    if (end === this.#bytes.length) this.#grow(end + 1);
    const bytes = this.#bytes;
    bytes[end] = lineBreak;
    for (let at = bytes.indexOf(lineBreak, from); at < end; at = bytes.indexOf(lineBreak, at + 1)) bytes[at] = space;
  }

  #digits(value: number): void {
    if (this.#length + digitsMax > this.#bytes.length) this.#grow(this.#length + digitsMax);
    const bytes = this.#bytes;
    let digits = 1;
    for (let above = 10; above <= value && digits < digitsMax; above *= 10) digits += 1;
    let rest = value;
    for (let at = this.#length + digits - 1; at >= this.#length; at -= 1) {
      const tenth = (rest / 10) | 0;
      bytes[at] = zero + rest - tenth * 10;
      rest = tenth;
    }
    this.#length += digits;
  }

  #grow(bytesMin: number): void {
    const larger = roomFor(Math.max(bytesMin, this.#bytes.length * 2));
    larger.set(this.written);
    this.#bytes = larger;
    this.#words = wordsOf(larger);
  }
}

/** Room of its own and in whole words. */
function roomFor(bytesMin: number): Buffer {
  return Buffer.from(new ArrayBuffer(Math.ceil(bytesMin / 4) * 4));
}

function wordsOf({ buffer, byteOffset, length }: Buffer): Int32Array {
  return new Int32Array(buffer, byteOffset, length >> 2);
}
