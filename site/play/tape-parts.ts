/**
 * The parts of a tape that a browser was given: the lines of a file that is there as a whole, packed by gzip or not. Says what
 * `readTape` says of a file on a disk, but for the digest of the last line, which it does not check.
 */

import { type FoundLine, type TapePart, tapePartsOf } from '../../src/record/tape-parts.ts';

const newline = 0x0a;

/** Never rejects for what is in the file: what is wrong with it is a part like any other, and the last one. */
export async function* tapeParts(file: Blob): AsyncGenerator<TapePart, void> {
  yield* tapePartsOf(linesOf(await unpacked(file)));
}

function* linesOf(bytes: Uint8Array): Generator<FoundLine, void> {
  for (let from = 0; from < bytes.length;) {
    const end = bytes.indexOf(newline, from);
    const isWhole = end >= 0;
    yield { bytes: isWhole ? bytes.subarray(from, end) : bytes.subarray(from), isWhole };
    from = isWhole ? end + 1 : bytes.length;
  }
}

async function unpacked(file: Blob): Promise<Uint8Array> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const stream = file.stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
