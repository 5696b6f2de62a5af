/** Cuts chunks into lines with as little work as can be: what the floors in front of or behind a pipe share. */

const lineFeed = 10;

/** @param onLine gets each line without its line feed. It is a part of its chunk, or a copy when it came in pieces. */
export function eachLine(onLine: (line: Buffer) => void): (chunk: Buffer) => void {
  let pieces: Buffer[] = [];
  return (chunk) => {
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, start)) {
      const last = chunk.subarray(start, end);
      const line = pieces.length === 0 ? last : Buffer.concat([...pieces, last]);
      pieces = [];
      start = end + 1;
      if (line.length > 0) onLine(line);
    }
    if (start < chunk.length) pieces.push(chunk.subarray(start));
  };
}
