/**
 * The parts of a tape that a browser was given: the lines of a file that is there as a whole, packed by gzip or not. Says what
 * `readTape` says of a file on a disk, but for the digest of the last line, which it does not check.
 */

import type { TapePart } from '../../src/record/read-tape.ts';
import { readHeader, readLine } from '../../src/record/tape-lines.ts';

const newline = 0x0a;

/** Never rejects for what is in the file: what is wrong with it is a part like any other, and the last one. */
export async function* tapeParts(file: Blob): AsyncGenerator<TapePart, void> {
  const bytes = await unpacked(file);
  let number = 0;
  let seq = 0;
  for (let from = 0; from < bytes.length;) {
    number += 1;
    const end = bytes.indexOf(newline, from);
    if (end < 0) {
      yield { type: 'cut-off', line: number, bytes: bytes.length - from };
      return;
    }
    const line = bytes.subarray(from, end);
    from = end + 1;
    const read = number === 1 ? readHeader(line) : readLine(line, number, seq);
    if ('problem' in read) {
      yield { type: 'problem', ...read };
      return;
    }
    if ('tape' in read) yield { type: 'header', header: read };
    else {
      ({ seq } = read.line);
      yield { type: 'line', ...read };
    }
  }
  if (number === 0) yield { type: 'problem', line: 1, problem: 'this is no tape: the file is empty' };
}

async function unpacked(file: Blob): Promise<Uint8Array> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const stream = file.stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
