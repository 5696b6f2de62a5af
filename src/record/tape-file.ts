/**
 * Tapes on a disk: lines are gathered, and written while the sessions go on. Bounded: what the disk does not take in time is dropped
 * and counted, or waited for, as was asked. A disk that is full stops no session, and is tried again. Never writes over anything.
 */

import { createHash } from 'node:crypto';
import { closeSync, openSync, write, writeSync } from 'node:fs';
import { basename, extname } from 'node:path';

import type { Clock, Log } from '../ports.ts';
import { systemCode, systemReason } from '../reasons.ts';
import type { ClosedLine, GapLine, TapeHeader } from './tape-format.ts';

export interface TapeFileOptions {
  /** Where the first tape is to be; those after it, and one whose name is taken, have a number behind the name. */
  readonly path: string;
  readonly header: () => TapeHeader;
  /** Sessions so far, for the last line. */
  readonly sessions: () => number;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits?: Partial<TapeLimits>;
  /** What becomes of lines for which there is no room: gone and counted, or everything waits for the disk. */
  readonly whenFull: 'drop' | 'wait';
  /** A new tape begins: what was said once is to be said again. */
  readonly onNewTape?: () => void;
}

export interface TapeLimits {
  /** Lines that wait to be written. */
  readonly bufferBytesMax: number;
  /** One tape; the next line begins another. */
  readonly tapeBytesMax: number;
  readonly tapeMs: number;
  /** Lines are gathered for so long before they are written together: what a process that is killed may not have written. */
  readonly gatherMs: number;
  /** How long a disk that took nothing is left alone. */
  readonly retryMs: number;
}

export const defaultTapeLimits: TapeLimits = {
  bufferBytesMax: 8 * 1024 * 1024,
  tapeBytesMax: 1024 * 1024 * 1024,
  tapeMs: Infinity,
  gatherMs: 10,
  retryMs: 1000,
};

/** So many names are tried before somebody has to clear up. */
const namesMax = 10_000;

/** A tape that could not be followed by another goes on for so long. */
const rotationRetryMs = 60_000;

/** No tape can be written there. */
export class TapeError extends Error {
  override readonly name = 'TapeError';
}

export class TapeFile {
  readonly #options: TapeFileOptions;
  readonly #limits: TapeLimits;
  #fd = -1;
  #path = '';
  #openedAt = 0;
  #rotatesAgainAt = -Infinity;
  /** Bytes of this tape that the disk has. */
  #position = 0;
  #digest = createHash('sha256');
  /** Whole lines that wait, as texts; and what they will be as bytes, at least. */
  #lines: string[] = [];
  #waiting = 0;
  /** Being written, at `#position`. */
  #writing: Buffer | undefined;
  #linesOnTape = 0;
  #dropped = 0;
  /** Dropped since the last line that was taken. */
  #gap = 0;
  #lastSeq = 0;
  #isScheduled = false;
  #isFailing = false;
  #isClosed = false;

  /** @throws TapeError where no tape can be written. */
  constructor(options: TapeFileOptions) {
    this.#options = options;
    this.#limits = { ...defaultTapeLimits, ...options.limits };
    this.#begin(this.#create(), undefined);
    // What is there at once is a tape, whatever happens next.
    try {
      this.#writeNow();
    } catch (error) {
      this.#failed(error);
    }
  }

  get path(): string {
    return this.#path;
  }

  /** Lines that did not reach a tape. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Takes one line; never waits for the disk unless it was asked to. */
  write(line: string, seq: number, at: number): void {
    if (this.#isClosed) return;
    if (this.#waiting + line.length > this.#limits.bufferBytesMax && !this.#makeRoom()) {
      this.#dropped += 1;
      this.#gap += 1;
      this.#lastSeq = seq;
      return;
    }
    if (this.#gap > 0) this.#tellGap(at);
    this.#lastSeq = seq;
    this.#add(line);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#options.clock.setTimeout(() => this.#flush(), this.#limits.gatherMs);
  }

  /** Writes what waits, and the last line. Everything is done when it returns. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#gap > 0) this.#tellGap(this.#options.clock.now());
    try {
      this.#writeNow();
      this.#finish();
    } catch (error) {
      this.#failed(error);
    }
    closeSync(this.#fd);
  }

  /** The file under the first name that is free. */
  #create(): { readonly fd: number; readonly path: string } {
    for (let number = 1; ; number++) {
      const path = numbered(this.#options.path, number);
      try {
        return { fd: openSync(path, 'wx', 0o600), path };
      } catch (error) {
        if (systemCode(error) !== 'EEXIST' || number === namesMax) {
          throw new TapeError(`no tape can be written to ${path}: ${systemReason(error)}`);
        }
      }
    }
  }

  #begin({ fd, path }: { readonly fd: number; readonly path: string }, continues: string | undefined): void {
    const { header, clock } = this.#options;
    this.#fd = fd;
    this.#path = path;
    this.#position = 0;
    this.#linesOnTape = 0;
    this.#digest = createHash('sha256');
    this.#openedAt = clock.now();
    this.#lines.unshift(JSON.stringify({ ...header(), ...(continues === undefined ? {} : { continues }) }));
    this.#waiting += this.#lines[0]!.length + 1;
  }

  #add(line: string): void {
    this.#lines.push(line);
    this.#waiting += line.length + 1;
  }

  #tellGap(at: number): void {
    const line: GapLine = { seq: this.#lastSeq, at, event: 'tape.gap', dropped: this.#gap };
    this.#gap = 0;
    this.#add(JSON.stringify(line));
  }

  #makeRoom(): boolean {
    if (this.#options.whenFull === 'drop' || this.#isFailing) return false;
    try {
      this.#writeNow();
      return true;
    } catch (error) {
      this.#failed(error);
      return false;
    }
  }

  /** What waits becomes what is being written. */
  #take(): Buffer {
    const bytes = Buffer.from(`${this.#lines.join('\n')}\n`);
    this.#linesOnTape += this.#lines.length;
    this.#digest.update(bytes);
    this.#lines = [];
    this.#waiting = 0;
    return bytes;
  }

  #flush(): void {
    this.#isScheduled = false;
    if (this.#isClosed || this.#writing !== undefined) return;
    if (this.#lines.length === 0) return;
    this.#rotate();
    this.#writing = this.#take();
    this.#writeOn();
  }

  #writeOn(): void {
    const bytes = this.#writing!;
    write(this.#fd, bytes, 0, bytes.length, this.#position, (error, written) => {
      // What was closed meanwhile was written then.
      if (this.#isClosed || this.#writing !== bytes) return;
      if (error !== null) {
        this.#failed(error);
        this.#options.clock.setTimeout(() => {
          if (this.#writing === bytes && !this.#isClosed) this.#writeOn();
        }, this.#limits.retryMs);
        return;
      }
      this.#recovered();
      this.#position += written;
      this.#writing = written < bytes.length ? bytes.subarray(written) : undefined;
      if (this.#writing === undefined) this.#flush();
      else this.#writeOn();
    });
  }

  /** As `#flush`, and does not come back before it is done. What the other way has begun is written again in its place. */
  #writeNow(): void {
    const begun = this.#writing;
    if (begun !== undefined) {
      this.#writing = undefined;
      try {
        this.#writeAll(begun);
      } catch (error) {
        this.#writing = begun;
        this.#writeOn();
        throw error;
      }
    }
    if (this.#lines.length > 0) this.#writeAll(this.#take());
  }

  #writeAll(bytes: Buffer): void {
    for (let from = 0; from < bytes.length;) {
      const written = writeSync(this.#fd, bytes, from, bytes.length - from, this.#position);
      from += written;
      this.#position += written;
    }
  }

  #finish(): void {
    const line: ClosedLine = {
      seq: this.#lastSeq + 1,
      at: this.#options.clock.now(),
      event: 'tape.closed',
      lines: this.#linesOnTape,
      sessions: this.#options.sessions(),
      dropped: this.#dropped,
      digest: this.#digest.digest('hex'),
    };
    this.#writeAll(Buffer.from(`${JSON.stringify(line)}\n`));
  }

  /** Between two lines only: a tape ends with a whole one. Where no other can be had, the one that there is goes on. */
  #rotate(): void {
    const { clock, onNewTape } = this.#options;
    const now = clock.now();
    // A header alone is followed by nothing.
    if (this.#linesOnTape < 2) return;
    const isLong = this.#position >= this.#limits.tapeBytesMax && now >= this.#rotatesAgainAt;
    if (!isLong && now - this.#openedAt < this.#limits.tapeMs) return;
    try {
      const next = this.#create();
      const before = { fd: this.#fd, path: this.#path };
      this.#finish();
      closeSync(before.fd);
      this.#begin(next, basename(before.path));
      onNewTape?.();
    } catch (error) {
      this.#rotatesAgainAt = now + rotationRetryMs;
      this.#openedAt = now;
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    if (this.#isFailing) return;
    this.#isFailing = true;
    const reason = systemReason(error);
    this.#options.log.error({ tape: this.#path, reason }, 'the tape cannot be written; the sessions go on');
  }

  #recovered(): void {
    if (!this.#isFailing) return;
    this.#isFailing = false;
    this.#options.log.info({ tape: this.#path, dropped: this.#dropped }, 'the tape is written again');
  }
}

/** `run.tape.jsonl`, `run.tape.2.jsonl`. */
function numbered(path: string, number: number): string {
  if (number === 1) return path;
  const end = extname(path);
  return `${path.slice(0, path.length - end.length)}.${number}${end}`;
}
