/**
 * Reads a stream of server-sent events (WHATWG HTML, "Parsing an event stream") from its bytes. Data of an event that stands
 * in one line of one chunk is a part of that chunk; any other is put together once. Decides where events begin and end,
 * nothing about what is in them, and remembers no last event id: each event tells its own.
 */
import { standsAt } from './json-text.ts';

import { MessagePieces } from './message-pieces.ts';
import type { Allocate, OversizeLine } from './message-pieces.ts';
import { digitsAt, sseFieldAt } from './sse-fields.ts';
import type { SseField } from './sse-fields.ts';
import { decodeSlice, encodeText } from './text.ts';

/** One event as the stream told it. Never without one of data, id and retry: other events are nothing to anybody. */
export interface SseEvent {
  /** The event's type; `''` is a message, whether the stream says `event: message` or nothing. */
  readonly event: string;
  /** Empty for a field `data` without value; `undefined` without such a field: the standard dispatches no message then. */
  readonly data: Uint8Array | undefined;
  /** From here on the id to resume after, `''` for none; `undefined` when the event leaves it as it was. */
  readonly id: string | undefined;
  readonly retryMs: number | undefined;
}

export interface SseListener {
  readonly onEvent: (event: SseEvent) => void;
  /** @param event what else the event said; its `data` is `undefined`. */
  readonly onOversize: (data: OversizeLine, event: SseEvent) => void;
}

export interface SseLimits {
  /** Longest data of one event, its lines joined. */
  readonly eventBytesMax: number;
  /** Longest id; a longer one is passed over and counted. A `retry` is passed over too, and an event type is cut there. */
  readonly idBytesMax?: number;
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;
const idBytesDefaultMax = 1024;
/** How far a line is walked byte by byte before the platform's search is faster. */
const walkBytes = 16;

const byteOrderMark = Uint8Array.of(0xef, 0xbb, 0xbf);
const joint = Uint8Array.of(lineFeed);
const messageType = encodeText('message');

export class SseReader {
  readonly #listener: SseListener;
  readonly #eventBytesMax: number;
  readonly #idBytesMax: number;
  readonly #allocate: Allocate;

  #isBegun = false;
  /** The last chunk ended in a carriage return, and a line feed that comes next belongs to it. */
  #skipsLineFeed = false;
  /** Bytes that tell too little: the first of a byte order mark, or a field's name that has not ended. */
  #carry: Uint8Array | undefined;
  /** The field of a line that goes on in the next chunk. */
  #field: SseField | 'ignored' | undefined;
  /** Nothing came behind the colon yet, and a space there does not belong to the value. */
  #skipsSpace = false;
  /** The value of `event`, `id` or `retry` in a line that goes on; one byte over the limit shows that it is too long. */
  #text: Uint8Array | undefined;
  #textBytes = 0;

  #type = '';
  #id: string | undefined;
  #retryMs: number | undefined;
  /** Data that is one piece so far. */
  #data: Uint8Array | undefined;
  /** Data of more than one piece. */
  #pieces: MessagePieces | undefined;
  #unfinishedBytes = 0;
  #longIds = 0;

  /** @param allocate for data that came in pieces: the platform's way to memory that is not cleared first. */
  constructor(limits: SseLimits, listener: SseListener, allocate: Allocate = (bytes) => new Uint8Array(bytes)) {
    this.#eventBytesMax = limits.eventBytesMax;
    this.#idBytesMax = limits.idBytesMax ?? idBytesDefaultMax;
    this.#listener = listener;
    this.#allocate = allocate;
  }

  /** Bytes of data held for an event whose end has not come yet. */
  get bufferedBytes(): number {
    return this.#pieces?.keptBytes ?? this.#data?.length ?? 0;
  }

  /** How many ids were longer than the limit. */
  get longIds(): number {
    return this.#longIds;
  }

  /**
   * Takes the next bytes of the stream and reports the events that end in them, in order. `chunk` must not change
   * afterwards. The listener must not throw.
   */
  push(chunk: Uint8Array): void {
    const bytes = this.#carry === undefined ? chunk : joined(this.#carry, chunk);
    this.#carry = undefined;
    const { length } = bytes;
    let at = this.#isBegun ? 0 : this.#begin(bytes);
    if (this.#skipsLineFeed && at < length) {
      if (bytes[at] === lineFeed) at += 1;
      this.#skipsLineFeed = false;
    }
    // Each is searched for again only when it is behind us: a stream that has one kind of line ending is not searched
    // for the other at every line.
    let feedAt = -1;
    let returnAt = -1;
    while (at < length) {
      let end = at;
      const walkEnd = Math.min(at + walkBytes, length);
      while (end < walkEnd && bytes[end] !== lineFeed && bytes[end] !== carriageReturn) end += 1;
      if (end === walkEnd && end < length) {
        if (feedAt < end) feedAt = placeOf(bytes, lineFeed, end);
        if (returnAt < end) returnAt = placeOf(bytes, carriageReturn, end);
        end = Math.min(feedAt, returnAt);
      }
      this.#takeLine(bytes, at, end, end < length);
      at = end + 1;
      if (bytes[end] === carriageReturn) {
        if (at === length) this.#skipsLineFeed = true;
        else if (bytes[at] === lineFeed) at += 1;
      }
    }
  }

  /**
   * The stream has ended: an event that has not is thrown away, as the standard says, but one that is over the limit already
   * is reported. Returns how many bytes of the stream were thrown away, comments and line endings not counted, and begins
   * anew.
   */
  end(): number {
    const thrownAway = this.#unfinishedBytes + (this.#carry?.length ?? 0);
    const oversize = this.#oversize();
    const event = this.#finish(undefined);
    this.#isBegun = false;
    this.#skipsLineFeed = false;
    this.#carry = undefined;
    this.#field = undefined;
    this.#textBytes = 0;
    if (oversize !== undefined) this.#listener.onOversize(oversize, event);
    return thrownAway;
  }

  /** Where the stream begins behind a byte order mark, which may come in pieces. */
  #begin(bytes: Uint8Array): number {
    let at = 0;
    while (at < byteOrderMark.length && bytes[at] === byteOrderMark[at]) at += 1;
    if (at === bytes.length && at < byteOrderMark.length) {
      this.#carry = bytes;
      return at;
    }
    this.#isBegun = true;
    return at === byteOrderMark.length ? at : 0;
  }

  /** What stands of a line from `start` to `end`; what comes behind `end` is its line ending or not here yet. */
  #takeLine(bytes: Uint8Array, start: number, end: number, isEnded: boolean): void {
    const isBeginning = this.#field === undefined;
    let valueAt = start;
    if (isBeginning) {
      if (start === end) return this.#dispatch();
      this.#field = sseFieldAt(bytes, start, end, isEnded);
      if (this.#field === undefined) {
        this.#carry = new Uint8Array(bytes.subarray(start, end));
        return;
      }
      valueAt = Math.min(start + this.#field.length + 1, end);
      this.#skipsSpace = true;
    }
    const field = this.#field;
    if (field !== undefined && field !== 'ignored') {
      this.#unfinishedBytes += end - start;
      if (this.#skipsSpace && valueAt < end) {
        if (bytes[valueAt] === space) valueAt += 1;
        this.#skipsSpace = false;
      }
      if (field === 'data') this.#takeData(bytes, valueAt, end, isBeginning);
      else this.#takeText(field, bytes, valueAt, end, isBeginning && isEnded, isEnded);
    }
    if (isEnded) this.#field = undefined;
  }

  #takeData(bytes: Uint8Array, start: number, end: number, isBeginning: boolean): void {
    const piece = bytes.subarray(start, end);
    const isFirst = this.#data === undefined && this.#pieces === undefined;
    if (isFirst || (!isBeginning && this.#data?.length === 0)) {
      this.#data = piece;
      return;
    }
    if (isBeginning) this.#append(joint);
    if (piece.length > 0) this.#append(piece);
  }

  #append(piece: Uint8Array): void {
    if (this.#pieces === undefined) {
      this.#pieces = new MessagePieces(this.#eventBytesMax, this.#allocate);
      if (this.#data !== undefined) this.#pieces.append(this.#data);
      this.#data = undefined;
    }
    this.#pieces.append(piece);
  }

  #takeText(
    field: Exclude<SseField, 'data'>,
    bytes: Uint8Array,
    start: number,
    end: number,
    isWhole: boolean,
    isEnded: boolean,
  ): void {
    if (isWhole) return this.#set(field, bytes, start, end);
    this.#text ??= new Uint8Array(this.#idBytesMax + 1);
    const piece = bytes.subarray(start, Math.min(end, start + this.#text.length - this.#textBytes));
    this.#text.set(piece, this.#textBytes);
    this.#textBytes += piece.length;
    if (!isEnded) return;
    this.#set(field, this.#text, 0, this.#textBytes);
    this.#textBytes = 0;
  }

  #set(field: Exclude<SseField, 'data'>, bytes: Uint8Array, start: number, end: number): void {
    if (field === 'event') {
      const isMessage = end - start === messageType.length && standsAt(bytes, start, messageType);
      this.#type = isMessage ? '' : decodeSlice(bytes, start, Math.min(end, start + this.#idBytesMax));
    } else if (end - start > this.#idBytesMax) {
      if (field === 'id') this.#longIds += 1;
    } else if (field === 'retry') {
      this.#retryMs = digitsAt(bytes, start, end) ?? this.#retryMs;
    } else {
      const id = decodeSlice(bytes, start, end);
      if (!id.includes('\0')) this.#id = id;
    }
  }

  #dispatch(): void {
    const oversize = this.#oversize();
    if (oversize !== undefined) {
      this.#listener.onOversize(oversize, this.#finish(undefined));
      return;
    }
    const event = this.#finish(this.#data ?? this.#pieces?.whole());
    if (event.data !== undefined || event.id !== undefined || event.retryMs !== undefined) {
      this.#listener.onEvent(event);
    }
  }

  #oversize(): OversizeLine | undefined {
    if (this.#data === undefined || this.#data.length <= this.#eventBytesMax) return this.#pieces?.oversize();
    const pieces = new MessagePieces(this.#eventBytesMax, this.#allocate);
    pieces.append(this.#data);
    return pieces.oversize();
  }

  #finish(data: Uint8Array | undefined): SseEvent {
    const event = { event: this.#type, data, id: this.#id, retryMs: this.#retryMs };
    this.#type = '';
    this.#id = undefined;
    this.#retryMs = undefined;
    this.#data = undefined;
    this.#pieces = undefined;
    this.#unfinishedBytes = 0;
    return event;
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

/** Where `byte` stands next, or the end. */
function placeOf(bytes: Uint8Array, byte: number, from: number): number {
  const at = bytes.indexOf(byte, from);
  return at === -1 ? bytes.length : at;
}
