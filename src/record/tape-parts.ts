/**
 * The parts of a tape out of its lines, wherever they come from: a file, a browser, a test. Each line is read behind the one before it,
 * and what cannot be used ends the tape, with its number. Knows no files.
 */

import { systemReason } from '../reasons.ts';
import type { TapeHeader } from './tape-format.ts';
import { type ReadLine, type TapeProblem, readHeader, readLine } from './tape-lines.ts';

/** What a tape yields: its header, its lines, and how it ends. */
export type TapePart =
  | { readonly type: 'header'; readonly header: TapeHeader }
  | ({ readonly type: 'line' } & ReadLine)
  | ({ readonly type: 'problem' } & TapeProblem)
  /** The last line was not written to its end: what a crash leaves behind. */
  | { readonly type: 'cut-off'; readonly line: number; readonly bytes: number }
  /** The digest of the last line is not that of what stands before it. */
  | { readonly type: 'altered'; readonly line: number };

/** A line as it was found. */
export interface FoundLine {
  /** Without its end; undefined: they are too many, and were not kept. */
  readonly bytes: Uint8Array | undefined;
  /** It has its end. */
  readonly isWhole: boolean;
}

export interface TapePartsOptions {
  /** What a line was too long for. */
  readonly lineBytesMax?: number;
  /** Takes each line with its end, and tells the digest of those so far; without it the last line is believed. */
  readonly digest?: { add(line: Uint8Array): void; soFar(): string };
}

/** Never rejects: what is wrong with the lines, and that they cannot be had, is a part like any other, and the last one. */
export async function* tapePartsOf(
  lines: AsyncIterable<FoundLine> | Iterable<FoundLine>,
  { lineBytesMax = Infinity, digest }: TapePartsOptions = {},
): AsyncGenerator<TapePart, void> {
  let number = 0;
  let seq = 0;
  try {
    for await (const { bytes, isWhole } of lines) {
      number += 1;
      if (bytes === undefined) {
        yield { type: 'problem', line: number, problem: `this line is longer than ${lineBytesMax} bytes` };
        return;
      }
      if (!isWhole) {
        yield { type: 'cut-off', line: number, bytes: bytes.length };
        return;
      }
      const read = number === 1 ? readHeader(bytes) : readLine(bytes, number, seq);
      if ('problem' in read) {
        yield { type: 'problem', ...read };
        return;
      }
      if ('tape' in read) yield { type: 'header', header: read };
      else {
        const { line } = read;
        ({ seq } = line);
        if (line.event === 'tape.closed' && digest !== undefined && line.digest !== digest.soFar()) {
          yield { type: 'altered', line: number };
        }
        const { body, frame } = read;
        yield { type: 'line', number, line, body, frame };
      }
      digest?.add(bytes);
    }
    if (number === 0) yield { type: 'problem', line: 1, problem: 'this is no tape: the file is empty' };
  } catch (error) {
    yield { type: 'problem', line: number + 1, problem: `it cannot be read: ${systemReason(error)}` };
  }
}
