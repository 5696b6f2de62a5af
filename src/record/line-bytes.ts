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
  return (one, other = '') => {
    const found = known.get(one)?.get(other);
    if (found !== undefined) return found;
    const made = piece(text(one, other));
    if (made.length > phraseBytesMax) return made;
    if (count++ === phrasesMax) {
      known = new Map();
      count = 1;
    }
    const among = known.get(one) ?? new Map<string, Uint8Array>();
    known.set(one, among.set(other, made));
    return made;
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
const shortMessageBytesMax = 256;
const digitsMax = 10;
const zero = 0x30;
const space = 0x20;
const newline = 0x0a;
const carriageReturn = 0x0d;

export class LineBytes {
  #bytes: Buffer;
  #length = 0;

  constructor(bytesAtFirst = 16 * 1024) {
    this.#bytes = Buffer.allocUnsafe(bytesAtFirst);
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
    if (bytes.length > fewBytesMax) this.#bytes.set(bytes, this.#length);
    else for (let at = 0; at < bytes.length; at += 1) this.#bytes[this.#length + at] = bytes[at]!;
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
    else if (json.length <= shortMessageBytesMax) {
      this.#shortOnOneLine(json);
      return;
    } else this.piece(json);
    this.#flatten(newline, from);
    this.#flatten(carriageReturn, from);
  }

  /** In one walk, which is over before a copy and two searches are called. */
  #shortOnOneLine(json: Uint8Array): void {
    const end = this.#length + json.length;
    if (end > this.#bytes.length) this.#grow(end);
    const bytes = this.#bytes;
    const from = this.#length;
    for (let at = 0; at < json.length; at += 1) {
      const byte = json[at]!;
      bytes[from + at] = byte > carriageReturn || (byte !== newline && byte !== carriageReturn) ? byte : space;
    }
    this.#length = end;
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
    let digits = 1;
    for (let above = 10; above <= value && digits < digitsMax; above *= 10) digits += 1;
    let rest = value;
    for (let at = this.#length + digits - 1; at >= this.#length; at -= 1) {
      const tenth = (rest / 10) | 0;
      this.#bytes[at] = zero + rest - tenth * 10;
      rest = tenth;
    }
    this.#length += digits;
  }

  #grow(bytesMin: number): void {
    const larger = Buffer.allocUnsafe(Math.max(bytesMin, this.#bytes.length * 2));
    larger.set(this.written);
    this.#bytes = larger;
  }
}
