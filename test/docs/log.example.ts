/** Logs of one's own, as docs/guides/hooks.md shows them. */

import type { Logger } from 'pino';
import { type Log, createRuntime } from '../../src/index.ts';

/** pino takes what the runtime gives: fields first, then a text. */
export function pinoLog(logger: Logger): Log {
  return {
    traces: logger.isLevelEnabled('trace'),
    trace: (fields, text) => logger.trace(fields, text),
    debug: (fields, text) => logger.debug(fields, text),
    info: (fields, text) => logger.info(fields, text),
    warn: (fields, text) => logger.warn(fields, text),
    error: (fields, text) => logger.error(fields, text),
  };
}

/** The console, without the lines for each decision. */
export function consoleLog(out: Pick<Console, 'info' | 'warn' | 'error'> = console): Log {
  return {
    traces: false,
    trace: () => {},
    debug: () => {},
    info: (fields, text) => out.info(text, fields),
    warn: (fields, text) => out.warn(text, fields),
    error: (fields, text) => out.error(text, fields),
  };
}

export const runtime = createRuntime({ log: consoleLog() });
