/** A log that keeps its lines, so that a test can ask what was said. */
import type { Log } from '../../src/ports.ts';

type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error';

export interface KeptLine {
  readonly level: Level;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly text: string;
}

export class KeptLog implements Log {
  readonly lines: KeptLine[] = [];
  readonly traces: boolean;

  constructor({ traces = false } = {}) {
    this.traces = traces;
  }

  /** The texts of one level, in order. */
  texts(level: Level): readonly string[] {
    return this.lines.filter((line) => line.level === level).map(({ text }) => text);
  }

  trace(fields: KeptLine['fields'], text: string): void {
    this.lines.push({ level: 'trace', fields, text });
  }
  debug(fields: KeptLine['fields'], text: string): void {
    this.lines.push({ level: 'debug', fields, text });
  }
  info(fields: KeptLine['fields'], text: string): void {
    this.lines.push({ level: 'info', fields, text });
  }
  warn(fields: KeptLine['fields'], text: string): void {
    this.lines.push({ level: 'warn', fields, text });
  }
  error(fields: KeptLine['fields'], text: string): void {
    this.lines.push({ level: 'error', fields, text });
  }
}
