/**
 * Tapes on a disk: lines are gathered, and written while the sessions go on. Bounded: what the disk does not take in time is dropped
 * and counted, or waited for, as was asked. A disk that is full stops no session, and is tried again. Never writes over anything.
 */

import { createHash } from 'node:crypto';
import { openSync } from 'node:fs';
import { basename, extname } from 'node:path';

import type { Clock, Log } from '../ports.ts';
import { systemCode, systemReason } from '../reasons.ts';
import { AppendFile } from './append-file.ts';
import type { LineBytes } from './line-bytes.ts';
import type { LineSink } from './recorder.ts';
import { SpareLines } from './spare-lines.ts';
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
  /** Room that tapes share. */
  readonly spare?: SpareLines;
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

interface OpenFile {
  readonly file: AppendFile;
  readonly path: string;
}

export class TapeFile implements LineSink {
  readonly #options: TapeFileOptions;
  readonly #limits: TapeLimits;
  readonly #spare: SpareLines;
  #file!: AppendFile;
  #path = '';
  #openedAt = 0;
  #rotatesAgainAt = -Infinity;
  #digest = createHash('sha256');
  #linesOnTape = 0;
  /** Lines that wait: how many, and how many bytes of them are whole. */
  #waiting: LineBytes | undefined;
  #linesWaiting = 0;
  #wholeBytes = 0;
  /** Lines that are being written. */
  #handedOver: LineBytes | undefined;
  #dropped = 0;
  /** Dropped since the last line that was taken. */
  #gap = 0;
  #lastSeq = 0;
  #isScheduled = false;
  /** Lines that wait have waited long enough, and others were being written. */
  #isDue = false;
  #isFailing = false;
  #isClosed = false;

  /** @throws TapeError where no tape can be written. */
  constructor(options: TapeFileOptions) {
    this.#options = options;
    this.#limits = { ...defaultTapeLimits, ...options.limits };
    this.#spare = options.spare ?? new SpareLines();
    this.#begin(this.#create(), undefined);
  }

  get path(): string {
    return this.#path;
  }

  /** Lines that did not reach a tape. */
  get dropped(): number {
    return this.#dropped;
  }

  begin(at: number): LineBytes {
    const lines = this.#gathered();
    if (this.#gap > 0 && this.#wholeBytes === 0) this.#tellGap(at);
    return lines;
  }

  /** Takes the line; never waits for the disk unless it was asked to. */
  end(seq: number): void {
    const { bufferBytesMax, gatherMs } = this.#limits;
    const { clock, whenFull } = this.#options;
    const lines = this.#waiting;
    if (lines === undefined || this.#isClosed) return;
    this.#lastSeq = seq;
    const isFull = lines.length > bufferBytesMax;
    // Once some are missing, none is taken before those that wait are gone: what is missing is told in one place.
    if (this.#gap > 0 || (isFull && (whenFull === 'drop' || this.#isFailing))) {
      this.#dropped += 1;
      this.#gap += 1;
      return;
    }
    this.#wholeBytes = lines.length;
    this.#linesWaiting += 1;
    if (isFull) this.#writeNow();
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    clock.setTimeout(() => {
      this.#isScheduled = false;
      this.#flush();
    }, gatherMs);
  }

  /** Writes what waits, and the last line. Everything is done when it returns. */
  close(): void {
    if (this.#isClosed) return;
    if (this.#gap > 0) this.#tellGap(this.#options.clock.now());
    this.#isClosed = true;
    this.#writeNow();
    this.#finish();
  }

  /** Lines that wait, without what was begun behind them and not ended. */
  #gathered(): LineBytes {
    this.#waiting ??= this.#spare.take();
    this.#waiting.cutTo(this.#wholeBytes);
    return this.#waiting;
  }

  #tellGap(at: number): void {
    const line: GapLine = { seq: this.#lastSeq, at, event: 'tape.gap', dropped: this.#gap };
    this.#gap = 0;
    const lines = this.#gathered();
    lines.text(textOf(line));
    this.#wholeBytes = lines.length;
    this.#linesWaiting += 1;
  }

  /** What waits is what is being written from here on. */
  #handOver(): Uint8Array {
    const lines = this.#waiting!;
    const bytes = lines.written.subarray(0, this.#wholeBytes);
    this.#digest.update(bytes);
    this.#linesOnTape += this.#linesWaiting;
    this.#handedOver = lines;
    this.#waiting = undefined;
    this.#linesWaiting = 0;
    this.#wholeBytes = 0;
    return bytes;
  }

  #flush(): void {
    if (this.#isClosed || this.#linesWaiting === 0) return;
    if (!this.#file.isBusy) this.#rotate();
    this.#isDue = this.#file.isBusy;
    if (!this.#isDue) this.#file.append(this.#handOver());
  }

  #written(): void {
    this.#letGo();
    this.#recovered();
    if (this.#isDue) this.#flush();
  }

  #refused(error: unknown): void {
    this.#failed(error);
    const file = this.#file;
    this.#options.clock.setTimeout(() => file.again(), this.#limits.retryMs);
  }

  /** As `#flush`, and does not come back before it is done. */
  #writeNow(): void {
    try {
      this.#file.finishNow();
      this.#letGo();
      if (this.#linesWaiting > 0) this.#file.appendNow(this.#handOver());
      this.#letGo();
      this.#recovered();
    } catch (error) {
      this.#refused(error);
    }
  }

  #letGo(): void {
    if (this.#handedOver !== undefined && !this.#file.isReading) this.#spare.giveBack(this.#handedOver);
    this.#handedOver = undefined;
  }

  /** The file under the first name that is free. */
  #create(): OpenFile {
    const watcher = {
      onWritten: () => this.#written(),
      onRefused: (error: unknown) => this.#refused(error),
    };
    for (let number = 1; ; number++) {
      const path = numbered(this.#options.path, number);
      try {
        return { file: new AppendFile(openSync(path, 'wx', 0o600), watcher), path };
      } catch (error) {
        if (systemCode(error) !== 'EEXIST' || number === namesMax) {
          throw new TapeError(`no tape can be written to ${path}: ${systemReason(error)}`);
        }
      }
    }
  }

  /** What is there at once is a tape, whatever happens next. */
  #begin({ file, path }: OpenFile, continues: string | undefined): void {
    const { header, clock } = this.#options;
    const bytes = Buffer.from(textOf({ ...header(), ...(continues === undefined ? {} : { continues }) }));
    this.#file = file;
    this.#path = path;
    this.#openedAt = clock.now();
    this.#digest = createHash('sha256').update(bytes);
    this.#linesOnTape = 1;
    try {
      file.appendNow(bytes);
    } catch (error) {
      this.#refused(error);
    }
  }

  /** The last line. Of a tape that the disk has no room for it is missing. */
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
    try {
      if (!this.#file.isBusy) this.#file.appendNow(Buffer.from(textOf(line)));
    } catch (error) {
      this.#failed(error);
    }
    this.#file.close();
  }

  /** Between two lines only: a tape ends with a whole one. Where no other can be had, the one that there is goes on. */
  #rotate(): void {
    const { clock, onNewTape } = this.#options;
    const now = clock.now();
    // A header alone is followed by nothing.
    if (this.#linesOnTape < 2 || now < this.#rotatesAgainAt) return;
    const isLong = this.#file.length >= this.#limits.tapeBytesMax;
    if (!isLong && now - this.#openedAt < this.#limits.tapeMs) return;
    let next: OpenFile;
    try {
      next = this.#create();
    } catch (error) {
      this.#rotatesAgainAt = now + rotationRetryMs;
      this.#failed(error);
      return;
    }
    const continues = basename(this.#path);
    this.#finish();
    this.#begin(next, continues);
    onNewTape?.();
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

function textOf(line: TapeHeader | GapLine | ClosedLine): string {
  return `${JSON.stringify(line)}\n`;
}
