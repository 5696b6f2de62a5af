/** A log that keeps its lines for a test to ask about. An `error` line that nobody asks about fails the test. */

import type { Log } from '../ports.ts';
import type { Script } from './script.ts';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';

export interface LogLine {
  readonly level: LogLevel;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly text: string;
}

export class CollectingLog implements Log {
  readonly traces: boolean;
  readonly #lines: LogLine[] = [];
  readonly #script: Script;

  constructor(script: Script, traces: boolean) {
    this.#script = script;
    this.traces = traces;
  }

  trace(fields: LogLine['fields'], text: string): void {
    this.#add('trace', fields, text);
  }
  debug(fields: LogLine['fields'], text: string): void {
    this.#add('debug', fields, text);
  }
  info(fields: LogLine['fields'], text: string): void {
    this.#add('info', fields, text);
  }
  warn(fields: LogLine['fields'], text: string): void {
    this.#add('warn', fields, text);
  }
  error(fields: LogLine['fields'], text: string): void {
    this.#add('error', fields, text);
  }

  /** Takes the oldest line of this level; fails when there is none, or when it says something else. */
  says(level: LogLevel, text: string): LogLine {
    const index = this.#lines.findIndex((line) => line.level === level);
    const line = this.#lines[index];
    if (line?.text !== text) this.#script.fail(`the log says no such ${level} line`, text, line?.text);
    this.#lines.splice(index, 1);
    return line;
  }

  /** The lines of this level that nobody took, oldest first. */
  lines(level: LogLevel): readonly LogLine[] {
    return this.#lines.filter((line) => line.level === level);
  }

  #add(level: LogLevel, fields: LogLine['fields'], text: string): void {
    // A trace line may hold a live view of its session: what it said is what it said when it was written.
    const kept = JSON.parse(JSON.stringify(fields, errorAsText) ?? '{}') as LogLine['fields'];
    if (level === 'error') this.#script.add(`the log says: ${text} (${JSON.stringify(kept)})`);
    this.#lines.push({ level, fields: kept, text });
  }
}

function errorAsText(_key: string, value: unknown): unknown {
  return value instanceof Error ? `${value.name}: ${value.message}` : value;
}
