/** What a person sees on stderr: one short line for each log line, coloured where the terminal wants that. */

/** The parts of a stream that say who reads it. */
export interface Terminal {
  readonly isTTY?: boolean | undefined;
}

const grey = '\u001b[90m';
const colours: Readonly<Record<string, string>> = {
  trace: grey,
  debug: grey,
  info: '\u001b[36m',
  warn: '\u001b[33m',
  error: '\u001b[31m',
};
const plain = '\u001b[0m';

const uuid = /^[\da-f]{8}(?=(?:-[\da-f]{4}){3}-[\da-f]{12}$)/;

/** The convention of no-color.org, and terminals that know no colours. */
export function isColoured({ isTTY }: Terminal, environment: NodeJS.ProcessEnv = process.env): boolean {
  const { NO_COLOR, TERM } = environment;
  return isTTY === true && (NO_COLOR === undefined || NO_COLOR === '') && TERM !== 'dumb';
}

/** A structured log line for a person: time of day, level, what happened, and about what. */
export function personalLine(line: string, hasColours: boolean): string {
  const { level, time, message, ...fields } = JSON.parse(line) as Record<string, unknown> & {
    readonly level: string;
    readonly time: string;
  };
  const { error } = fields;
  const stack = isDescribedError(error) ? error.stack : undefined;
  const text = `${timeOfDay(time)} ${level.padEnd(5)} ninelives: ${String(message)}`;
  const details = Object.entries(fields).flatMap(([name, value]) =>
    value === null ? [] : `${name}=${printable(brief(value))}`,
  );
  const shown = hasColours ? `${colours[level] ?? ''}${text}${plain}` : text;
  const first = details.length === 0 ? shown : `${shown}  ${details.join(' ')}`;
  if (stack === undefined) return `${first}\n`;
  return `${[first, ...stack.split('\n').map(printable)].join('\n')}\n`;
}

/** One line of the server's own stderr, passed on. */
export function serverLine(line: string, stderr: Terminal, name = 'server'): string {
  return isColoured(stderr) ? `${grey}[${name}]${plain} ${line}\n` : `[${name}] ${line}\n`;
}

/** An error as the log serialises it. */
function isDescribedError(value: unknown): value is { readonly message: string; readonly stack: string } {
  return typeof value === 'object' && value !== null && 'stack' in value && 'message' in value;
}

/** In the reader's own time zone. */
function timeOfDay(time: string): string {
  const date = new Date(time);
  const two = (value: number): string => String(value).padStart(2, '0');
  const millis = String(date.getMilliseconds()).padStart(3, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${millis}`;
}

/** What a peer wrote must neither begin another line, nor turn the writing round, nor give orders to a terminal. */
export function printable(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Of a UUID the beginning is enough to tell a few sessions apart; a text with spaces needs its ends shown. */
function brief(value: unknown): string {
  if (isDescribedError(value)) return JSON.stringify(value.message);
  if (typeof value !== 'string') return JSON.stringify(value);
  const id = uuid.exec(value);
  if (id !== null) return id[0];
  return /[\s"=]/.test(value) || value === '' ? JSON.stringify(value) : value;
}
