/**
 * A tape as it stands on a disk, read line by line: as it is, or packed by gzip; while it grows, too. Nothing of it is kept. A line that
 * cannot be used ends the reading, with its number; what comes behind it would be guesswork.
 */

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';

import { systemReason } from '../reasons.ts';
import type { TapeHeader } from './tape-format.ts';
import { type ReadLine, type TapeProblem, readHeader, readLine } from './tape-lines.ts';

export interface ReadTapeOptions {
  /** A longer line ends the reading. Lines are a message at most, and what is said of it. */
  readonly lineBytesMax?: number;
}

const defaultLineBytesMax = 64 * 1024 * 1024;

/** What a tape yields: its header, its lines, and how it ends. */
export type TapePart =
  | { readonly type: 'header'; readonly header: TapeHeader }
  | ({ readonly type: 'line' } & ReadLine)
  | ({ readonly type: 'problem' } & TapeProblem)
  /** The last line was not written to its end: what a crash leaves behind. */
  | { readonly type: 'cut-off'; readonly line: number; readonly bytes: number }
  /** The digest of the last line is not that of what stands before it. */
  | { readonly type: 'altered'; readonly line: number };

/** Never throws: what is wrong with the file is a part like any other, and the last one. */
export async function* readTape(
  path: string,
  { lineBytesMax = defaultLineBytesMax }: ReadTapeOptions = {},
): AsyncGenerator<TapePart, void> {
  let number = 0;
  let seq = 0;
  const digest = createHash('sha256');
  try {
    for await (const { bytes, isWhole } of linesOf(path, lineBytesMax)) {
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
        if (line.event === 'tape.closed' && line.digest !== digest.copy().digest('hex')) {
          yield { type: 'altered', line: number };
        }
        yield { type: 'line', ...read };
      }
      digest.update(bytes).update('\n');
    }
    if (number === 0) yield { type: 'problem', line: 1, problem: 'this is no tape: the file is empty' };
  } catch (error) {
    yield { type: 'problem', line: number + 1, problem: `it cannot be read: ${systemReason(error)}` };
  }
}

interface FileLine {
  /** Without its end; undefined: they are too many, and were not kept. */
  readonly bytes: Uint8Array | undefined;
  /** It has its end. */
  readonly isWhole: boolean;
}

async function* linesOf(path: string, lineBytesMax: number): AsyncGenerator<FileLine, void> {
  const packed = await isPacked(path);
  const file = createReadStream(path, { highWaterMark: 256 * 1024 });
  const chunks: AsyncIterable<Buffer> = packed ? pipeline(file, createGunzip(), () => {}) : file;
  let parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, from)) {
      if (length + end - from > lineBytesMax) {
        yield { bytes: undefined, isWhole: true };
        return;
      }
      parts.push(chunk.subarray(from, end));
      yield { bytes: parts.length === 1 ? parts[0]! : Buffer.concat(parts), isWhole: true };
      parts = [];
      length = 0;
      from = end + 1;
    }
    if (from === chunk.length) continue;
    parts.push(chunk.subarray(from));
    length += chunk.length - from;
    if (length > lineBytesMax) {
      yield { bytes: undefined, isWhole: false };
      return;
    }
  }
  if (length > 0) yield { bytes: Buffer.concat(parts), isWhole: false };
}

const newline = 0x0a;

async function isPacked(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(2), position: 0 });
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}
