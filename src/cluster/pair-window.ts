/**
 * What is on its way from one node to another and not acknowledged: bounded in frames and bytes, so that a node that stands still
 * fills no buffer of the engine. What finds no room waits its turn.
 */

export interface PairRoom {
  readonly framesMax: number;
  readonly bytesMax: number;
  readonly queuedMax: number;
}

interface Queued {
  readonly bytes: number;
  /** False: it is not wanted any more. */
  readonly go: () => boolean;
}

export class PairWindow {
  /** Asked each time: the room of a pair shrinks when nodes join. */
  readonly #room: () => PairRoom;
  readonly #queue: Queued[] = [];
  #frames = 0;
  #bytes = 0;

  constructor(room: () => PairRoom) {
    this.#room = room;
  }

  get frames(): number {
    return this.#frames;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get queued(): number {
    return this.#queue.length;
  }

  /** Calls `go` at once or when there is room. False: too many wait already. */
  enter(bytes: number, go: () => boolean): boolean {
    if (this.#queue.length === 0 && this.#hasRoom(bytes)) {
      this.#send({ bytes, go });
      return true;
    }
    if (this.#queue.length >= this.#room().queuedMax) return false;
    this.#queue.push({ bytes, go });
    return true;
  }

  /** What had entered is acknowledged or given up. */
  leave(bytes: number): void {
    this.#frames -= 1;
    this.#bytes -= bytes;
    for (let next = this.#queue[0]; next !== undefined && this.#hasRoom(next.bytes); next = this.#queue[0]) {
      this.#queue.shift();
      this.#send(next);
    }
  }

  /** One frame that is larger than the window goes alone. */
  #hasRoom(bytes: number): boolean {
    const { framesMax, bytesMax } = this.#room();
    return this.#frames === 0 || (this.#frames < framesMax && this.#bytes + bytes <= bytesMax);
  }

  #send({ bytes, go }: Queued): void {
    this.#frames += 1;
    this.#bytes += bytes;
    if (!go()) {
      this.#frames -= 1;
      this.#bytes -= bytes;
    }
  }
}
