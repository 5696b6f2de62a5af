/** Times, sizes and ids as the session's view writes them: short, and of one width where they stand below each other. */

import type { RequestId } from '../../../protocol/envelope.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** A length of time: `12 ms`, `3.4 s`, `2 min 5 s`, `3 h 20 min`. */
export function spokenMs(ms: number): string {
  if (ms < 0) return `-${spokenMs(-ms)}`;
  if (ms < 10) return `${Math.round(ms * 10) / 10} ms`;
  if (ms < second) return `${Math.round(ms)} ms`;
  if (ms < 10 * second) return `${Math.floor(ms / 100) / 10} s`;
  if (ms < minute) return `${Math.floor(ms / second)} s`;
  if (ms < hour) return pair(ms, minute, 'min', second, 's');
  return pair(ms, hour, 'h', minute, 'min');
}

function pair(ms: number, large: number, largeUnit: string, small: number, smallUnit: string): string {
  const rest = Math.floor((ms % large) / small);
  return rest === 0
    ? `${Math.floor(ms / large)} ${largeUnit}`
    : `${Math.floor(ms / large)} ${largeUnit} ${rest} ${smallUnit}`;
}

/** A moment of the time line, from its beginning on: `+12.345`, `+1:02.345`, `+1:00:02.345`. */
export function spokenOffset(ms: number): string {
  const whole = Math.max(0, Math.round(ms));
  const parts = [Math.floor(whole / hour), Math.floor((whole % hour) / minute), Math.floor((whole % minute) / second)];
  const shown = parts[0]! > 0 ? parts : parts[1]! > 0 ? parts.slice(1) : parts.slice(2);
  const clock = shown.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
  return `+${clock}.${String(whole % second).padStart(3, '0')}`;
}

/** `512 B`, `4.2 KiB`, `3.1 MiB`. */
export function spokenBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const kibi = bytes / 1024;
  return kibi < 1024 ? `${round(kibi)} KiB` : `${round(kibi / 1024)} MiB`;
}

/** An id with its JSON type: `#7`, `#"7"`. */
export function spokenId(id: RequestId | null): string {
  return `#${JSON.stringify(id)}`;
}

function round(value: number): string {
  return value < 10 ? value.toFixed(1) : String(Math.round(value));
}
