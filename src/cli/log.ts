/**
 * Log lines on stderr: structured (pino, one JSON object a line) where a program reads, short and coloured where a person
 * does. Standard output belongs to the protocol.
 */

import { type DestinationStream, pino } from 'pino';
import type { Log } from '../ports.ts';
import type { LogLevel } from './log-levels.ts';
import { type Terminal, isColoured, personalLine } from './terminal.ts';

/** Where lines go. */
export interface LineSink extends Terminal {
  write(line: string): unknown;
}

/** @param wallTime the time that a line shows, in milliseconds since 1970. */
export function openLog(level: LogLevel, stderr: LineSink, wallTime: () => number = Date.now): Log {
  const hasColours = isColoured(stderr);
  const destination: DestinationStream = {
    write: (line) => void stderr.write(stderr.isTTY === true ? personalLine(line, hasColours) : line),
  };
  const logger = pino(
    {
      level,
      base: null,
      messageKey: 'message',
      timestamp: () => `,"time":"${new Date(wallTime()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: pino.stdSerializers.err },
    },
    destination,
  );
  return {
    traces: logger.isLevelEnabled('trace'),
    trace: (fields, text) => logger.trace(fields, text),
    debug: (fields, text) => logger.debug(fields, text),
    info: (fields, text) => logger.info(fields, text),
    warn: (fields, text) => logger.warn(fields, text),
    error: (fields, text) => logger.error(fields, text),
  };
}
