/**
 * A log that is loaded some time after somebody had something to say: lines wait for it, each with its own time. Loading takes
 * longer than many servers need to boot, and nobody reads a log that fast; a run that says nothing never loads it.
 */

import type { Clock, Log } from '../ports.ts';
import { type LogLevel, logLevels } from './log-levels.ts';

type Fields = Readonly<Record<string, unknown>>;
type Method = Exclude<LogLevel, 'silent'>;

/** How long the first line may wait: until then a client usually has its first answer. */
const patienceMs = 100;
/** How many lines may wait before the log is loaded at once. */
const waitingLinesMax = 1000;

/** @param wallTime the time that a line is to show, in milliseconds since 1970. */
type Open = (level: LogLevel, wallTime: () => number) => Promise<Log>;

export class HeldLog implements Log {
  readonly traces: boolean;
  readonly #level: LogLevel;
  readonly #clock: Clock;
  readonly #open: Open;
  #log: Log | undefined;
  #opening: Promise<void> | undefined;
  /** What waits for the log, in the order in which it was said. */
  #waiting: (() => void)[] = [];
  #lineTime: number | undefined;

  constructor(level: LogLevel, clock: Clock, open: Open) {
    this.traces = level === 'trace';
    this.#level = level;
    this.#clock = clock;
    this.#open = open;
  }

  trace(fields: Fields, text: string): void {
    this.#say('trace', fields, text);
  }
  debug(fields: Fields, text: string): void {
    this.#say('debug', fields, text);
  }
  info(fields: Fields, text: string): void {
    this.#say('info', fields, text);
  }
  warn(fields: Fields, text: string): void {
    this.#say('warn', fields, text);
  }
  error(fields: Fields, text: string): void {
    this.#say('error', fields, text);
  }

  /** Writes what is no line of the log, but is not to come before a line that was said earlier. */
  inTurn(write: () => void): void {
    if (this.#waiting.length === 0) write();
    else this.#wait(write);
  }

  /** Resolves when nothing waits any longer. */
  async opened(): Promise<void> {
    if (this.#waiting.length > 0) this.#load();
    await this.#opening;
  }

  #say(method: Method, fields: Fields, text: string): void {
    if (logLevels.indexOf(method) < logLevels.indexOf(this.#level)) return;
    const log = this.#log;
    if (log !== undefined) {
      log[method](fields, text);
      return;
    }
    if (this.#waiting.length === 0) this.#clock.setTimeout(() => this.#load(), patienceMs);
    const saidAt = this.#clock.wallTime();
    this.#wait(() => {
      this.#lineTime = saidAt;
      this.#log?.[method](fields, text);
    });
  }

  #wait(write: () => void): void {
    this.#waiting.push(write);
    if (this.#waiting.length >= waitingLinesMax) this.#load();
  }

  #load(): void {
    this.#opening ??= this.#open(this.#level, () => this.#lineTime ?? this.#clock.wallTime()).then((log) => {
      this.#log = log;
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const write of waiting) write();
      this.#lineTime = undefined;
    });
  }
}
