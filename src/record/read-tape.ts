/**
 * A tape as it stands on a disk, read line by line: as it is, or packed by gzip; while it grows, too. Nothing of it is kept. A line that
 * cannot be used ends the reading, with its number; what comes behind it would be guesswork.
 */

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';

import { type FoundLine, type TapePart, tapePartsOf } from './tape-parts.ts';

export interface ReadTapeOptions {
  /** A longer line ends the reading. Lines are a message at most, and what is said of it. */
  readonly lineBytesMax?: number;
}

const defaultLineBytesMax = 64 * 1024 * 1024;

/** Never throws: what is wrong with the file is a part like any other, and the last one. */
export async function* readTape(
  path: string,
  { lineBytesMax = defaultLineBytesMax }: ReadTapeOptions = {},
): AsyncGenerator<TapePart, void> {
  const hash = createHash('sha256');
  const digest = {
    add: (line: Uint8Array): void => void hash.update(line).update('\n'),
    soFar: (): string => hash.copy().digest('hex'),
  };
  yield* tapePartsOf(linesOf(path, lineBytesMax), { lineBytesMax, digest });
}

async function* linesOf(path: string, lineBytesMax: number): AsyncGenerator<FoundLine, void> {
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
