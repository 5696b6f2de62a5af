/**
 * The text of a tape as lines that can be used: what is no tape, no line or out of order is said with the number of its line. A last
 * line without its end is what a crash leaves behind, and is left out with a word about it.
 */

import type { z } from 'zod';
import { isJsonObject } from '../protocol/derive.ts';
import type { Frame } from '../protocol/envelope.ts';
import { memberPlaces } from '../protocol/members.ts';
import { decodeText } from '../protocol/text.ts';
import { isPlainEvent } from './plain-event.ts';
import { type SpelledEvent, spelledOut } from './spelled-out.ts';
import type { TapeHeader, TapeLine } from './tape-format.ts';
import { eventSchema, headerSchema, lineSchemas, tapeVersions } from './tape-schema.ts';

/** The tape cannot be used from here on. `line` counts from 1. */
export interface TapeProblem {
  readonly line: number;
  readonly problem: string;
}

export interface ReadLine {
  /** Of the file, from 1. */
  readonly number: number;
  readonly line: TapeLine;
  /** The text of the message, where the line has one. */
  readonly body: string | undefined;
  /** The message as it was read, where the line says nothing else of it: whoever makes the session again reads it no second time. */
  readonly frame?: Frame | undefined;
}

/** @param bytes the first line, without its end. */
export function readHeader(bytes: Uint8Array): TapeHeader | TapeProblem {
  const value = parsed(bytes);
  if (value === undefined || value['tape'] === undefined) {
    return { line: 1, problem: 'this is no tape: its first line does not say {"tape":2,...}' };
  }
  if (!tapeVersions.some((version) => version === value['tape'])) {
    return {
      line: 1,
      problem: `this is a tape of version ${JSON.stringify(value['tape'])}; this release reads versions ${tapeVersions.join(' and ')}`,
    };
  }
  const read = headerSchema.safeParse(value);
  return read.success ? read.data : { line: 1, problem: `this is no whole header: ${problemOf(read.error)}` };
}

/**
 * Reads lines one after the other, in the order of the file.
 * @param seqBefore the number of the line before; 0 after the header.
 */
export function readLine(bytes: Uint8Array, number: number, seqBefore: number): ReadLine | TapeProblem {
  const value = parsed(bytes);
  if (value === undefined) return { line: number, problem: 'this line is no JSON object' };
  const { seq, event, at } = value;
  if (typeof seq !== 'number' || typeof event !== 'string' || typeof at !== 'number') {
    return { line: number, problem: 'this line has no seq, at or event' };
  }
  if (seq <= seqBefore) {
    return {
      line: number,
      problem: `this line has the seq ${seq} and stands behind ${seqBefore}: lines are out of order`,
    };
  }
  const schema = lineSchemas.get(event);
  if (schema !== undefined) {
    const read = schema.safeParse(value);
    return read.success ? { number, line: read.data, body: undefined } : notWhole(number, event, problemOf(read.error));
  }
  const checked = checkedEvent(value);
  if (typeof checked === 'string') return notWhole(number, event, checked);
  const body = 'body' in value ? bodyIn(bytes) : undefined;
  const spelled = spelledOut(checked, body);
  if ('missing' in spelled) return notWhole(number, event, `it has not ${spelled.missing}`);
  const { line, frame } = spelled;
  return { number, line, body: body === undefined ? undefined : decodeText(body), frame };
}

/** What is wrong with it, where something is. */
function checkedEvent(value: Readonly<Record<string, unknown>>): SpelledEvent | string {
  if (isPlainEvent(value)) return value;
  const read = eventSchema.safeParse(value);
  return read.success ? read.data : problemOf(read.error);
}

function notWhole(line: number, event: string, problem: string): TapeProblem {
  return { line, problem: `this line of ${event} is not whole: ${problem}` };
}

/**
 * As it stood on the wire: parsing and writing it would lose how numbers and texts were spelled. A copy, since frames are kept while
 * sessions are made again, and what they stand in is a large piece of the file.
 */
function bodyIn(bytes: Uint8Array): Uint8Array | undefined {
  for (const { key, start, end } of memberPlaces(bytes)) {
    if (key === 'body') return new Uint8Array(bytes.subarray(start, end));
  }
  return undefined;
}

function problemOf({ issues }: z.ZodError): string {
  const [issue] = issues;
  return `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unknown'}`;
}

function parsed(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(decodeText(bytes));
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
