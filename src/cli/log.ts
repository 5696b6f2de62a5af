/**
 * Log lines on stderr: structured (pino, one JSON object a line) where a program reads, short and coloured where a person
 * does. Standard output belongs to the protocol.
 */

import { type Writable } from 'node:stream';
import { type DestinationStream, pino } from 'pino';
import type { Log } from '../ports.ts';
import type { LogLevel } from './log-levels.ts';

export function openLog(level: LogLevel, stderr: Writable & { readonly isTTY?: boolean }): Log {
  const isForPeople = stderr.isTTY === true;
  const destination: DestinationStream = {
    write: (line) => void stderr.write(isForPeople ? forPeople(line, (process.env['NO_COLOR'] ?? '') === '') : line),
  };
  const logger = pino(
    {
      level,
      base: null,
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
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

const colours: Readonly<Record<string, string>> = {
  trace: '\u001b[90m',
  debug: '\u001b[90m',
  info: '\u001b[36m',
  warn: '\u001b[33m',
  error: '\u001b[31m',
};
const plain = '\u001b[0m';

/** One line for a person: time of day, level, what happened, and the fields that say about what. */
function forPeople(line: string, isColoured: boolean): string {
  const { level, time, message, ...fields } = JSON.parse(line) as Record<string, unknown> & {
    level: string;
    time: string;
  };
  const colour = isColoured ? (colours[level] ?? '') : '';
  const details = Object.entries(fields).map(
    ([name, value]) => `${name}=${printable(typeof value === 'string' ? value : JSON.stringify(value))}`,
  );
  const text = `${time.slice(11, 23)} ${level.padEnd(5)} ninelives: ${String(message)}`;
  return `${colour}${text}${isColoured ? plain : ''}${details.length > 0 ? `  ${details.join(' ')}` : ''}\n`;
}

/** What a peer wrote must neither begin another line nor give orders to a terminal. */
function printable(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
