/**
 * The log as the runtime writes to it: a log that throws harms nobody. What it threw is told to no one, since the log is where
 * it would be told.
 */

import type { Log } from '../ports.ts';

type Fields = Readonly<Record<string, unknown>>;

export class GuardedLog implements Log {
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  get traces(): boolean {
    try {
      return this.#log.traces;
    } catch {
      return false;
    }
  }

  trace(fields: Fields, text: string): void {
    this.#write('trace', fields, text);
  }

  debug(fields: Fields, text: string): void {
    this.#write('debug', fields, text);
  }

  info(fields: Fields, text: string): void {
    this.#write('info', fields, text);
  }

  warn(fields: Fields, text: string): void {
    this.#write('warn', fields, text);
  }

  error(fields: Fields, text: string): void {
    this.#write('error', fields, text);
  }

  #write(level: 'trace' | 'debug' | 'info' | 'warn' | 'error', fields: Fields, text: string): void {
    try {
      this.#log[level](fields, text);
    } catch {
      // Nobody is left to tell.
    }
  }
}
