/**
 * When a message may leave, where each travels over a connection of its own and the one that was sent first need not arrive
 * first. What the server only takes (a note) leaves when the one before it was taken; a call waits for the notes before it,
 * and never a note for a call, which may be waiting for that very note. Does not know what the messages are.
 */

/**
 * What a message is to those behind it. `handshake`: a call that begins the session; everything waits for its answer, except
 * answers to what the server asks meanwhile. `stream`: a call whose answer goes on as long as it likes, and takes no room.
 */
export type DepartureKind = 'call' | 'handshake' | 'stream' | 'notification' | 'answer';

/** A message that waits for its turn, or is on its way. */
export interface Departing {
  /** Its place among all that were written. */
  readonly number: number;
  readonly bytes: number;
  readonly departs: DepartureKind;
  leave(): void;
}

export interface DepartureLimits {
  /** Calls of one session that are on their way at once; more wait here. */
  readonly callsMax: number;
  /** Bytes of calls on their way from which others wait, unless there is only one. */
  readonly callBytesMax: number;
}

export class Departures<T extends Departing> {
  readonly #limits: DepartureLimits;
  readonly #notes: T[] = [];
  #calls: T[] = [];
  /** What the first of the notes is. */
  #noteOnItsWay: T | undefined;
  #handshake: T | undefined;
  #callsOnTheirWay = 0;
  #callBytesOnTheirWay = 0;
  #waitingBytes = 0;

  constructor(limits: DepartureLimits) {
    this.#limits = limits;
  }

  /** Bytes of what has not left. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  get waiting(): number {
    return this.#notes.length + this.#calls.length - (this.#noteOnItsWay === undefined ? 0 : 1);
  }

  /** A note is on its way and something waits for it. */
  get isHeldUp(): boolean {
    return this.#noteOnItsWay !== undefined && this.waiting > 0;
  }

  /** Lets the message leave, now or when its turn comes. */
  add(message: T): void {
    this.#waitingBytes += message.bytes;
    if (isNote(message)) this.#notes.push(message);
    else this.#calls.push(message);
    this.#next();
  }

  /** Takes back what has not left. False: it has. */
  withdraw(message: T): boolean {
    const queue = isNote(message) ? this.#notes : this.#calls;
    const place = queue.indexOf(message);
    if (place === -1 || message === this.#noteOnItsWay) return false;
    queue.splice(place, 1);
    this.#waitingBytes -= message.bytes;
    this.#next();
    return true;
  }

  /** What had left holds up nothing any more: a note was taken, a call was answered, or either failed. A call says so once. */
  arrived(message: T): void {
    if (isNote(message)) {
      if (message !== this.#noteOnItsWay) return;
      this.#noteOnItsWay = undefined;
      this.#notes.shift();
    } else if (message.departs !== 'stream') {
      this.#callsOnTheirWay -= 1;
      this.#callBytesOnTheirWay -= message.bytes;
    }
    if (message === this.#handshake) this.#handshake = undefined;
    this.#next();
  }

  /** Waits no longer for the note that is on its way. */
  passNote(): void {
    if (this.#noteOnItsWay !== undefined) this.arrived(this.#noteOnItsWay);
  }

  /** Of what has not left only the notes are to leave. */
  dropCalls(): void {
    for (const { bytes } of this.#calls) this.#waitingBytes -= bytes;
    this.#calls = [];
  }

  /** Everything that has not left, in the order in which it came; nothing waits any more. */
  takeAll(): readonly T[] {
    const notes = this.#noteOnItsWay === undefined ? this.#notes : this.#notes.slice(1);
    const messages = [...notes, ...this.#calls].sort((one, other) => one.number - other.number);
    this.#notes.length = this.#noteOnItsWay === undefined ? 0 : 1;
    this.#calls = [];
    this.#waitingBytes = 0;
    return messages;
  }

  #next(): void {
    for (;;) {
      const note = this.#notes[0];
      const call = this.#calls[0];
      if (call !== undefined && this.#isCallsTurn(call, note)) {
        this.#calls.shift();
        if (call.departs !== 'stream') {
          this.#callsOnTheirWay += 1;
          this.#callBytesOnTheirWay += call.bytes;
        }
        this.#leave(call);
      } else if (note !== undefined && this.#isNotesTurn(note)) {
        this.#noteOnItsWay = note;
        this.#leave(note);
      } else return;
    }
  }

  #isCallsTurn(call: T, note: T | undefined): boolean {
    if (this.#handshake !== undefined) return false;
    return (note === undefined || call.number < note.number) && this.#hasRoomFor(call);
  }

  #isNotesTurn({ departs }: T): boolean {
    if (this.#noteOnItsWay !== undefined) return false;
    return this.#handshake === undefined || departs === 'answer';
  }

  #hasRoomFor({ bytes, departs }: Departing): boolean {
    const { callsMax, callBytesMax } = this.#limits;
    if (this.#callsOnTheirWay === 0 || departs === 'stream') return true;
    return this.#callsOnTheirWay < callsMax && this.#callBytesOnTheirWay + bytes <= callBytesMax;
  }

  #leave(message: T): void {
    this.#waitingBytes -= message.bytes;
    if (message.departs === 'handshake') this.#handshake = message;
    message.leave();
  }
}

function isNote({ departs }: Departing): boolean {
  return departs === 'notification' || departs === 'answer';
}
