/**
 * What a proxy over standard streams costs that does as little as it can: `pipe` hands chunks through, `lines` cuts them into
 * lines and writes those, `scan` also reads the envelope of each line, `json` parses and writes every message anew. A line is
 * copied when it came in pieces, and the lines of one chunk leave in one write. No sessions, no limits, no errors: a floor,
 * not a product.
 */

import { spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { scanMessage } from '../../src/protocol/scan.ts';

const lineFeed = 10;

const [mode, , command = '', ...args] = process.argv.slice(2);
const server = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
server.on('exit', (code) => process.exit(code ?? 1));
server.stdin.on('error', () => {});

/** What becomes of one line, its line feed included. */
const passed: Readonly<Record<string, (line: Buffer) => Buffer>> = {
  lines: (line) => line,
  scan: (line) => {
    if (scanMessage(line.subarray(0, -1)) === undefined) throw new Error(`No envelope in ${line.toString()}`);
    return line;
  },
  json: (line) => Buffer.from(`${JSON.stringify(JSON.parse(line.toString()))}\n`),
};

if (mode === 'pipe') {
  process.stdin.pipe(server.stdin);
  server.stdout.pipe(process.stdout);
} else {
  const pass = passed[mode!]!;
  passLines(process.stdin, server.stdin, pass);
  passLines(server.stdout, process.stdout, pass);
  process.stdin.on('end', () => server.stdin.end());
}

function passLines(from: Readable, to: Writable, pass: (line: Buffer) => Buffer): void {
  let pieces: Buffer[] = [];
  from.on('data', (chunk: Buffer) => {
    const out: Buffer[] = [];
    let start = 0;
    for (let end = chunk.indexOf(lineFeed) + 1; end !== 0; end = chunk.indexOf(lineFeed, start) + 1) {
      let line = chunk.subarray(start, end);
      if (pieces.length > 0) {
        line = Buffer.concat([...pieces, line]);
        pieces = [];
      }
      out.push(pass(line));
      start = end;
    }
    if (start < chunk.length) pieces.push(chunk.subarray(start));
    if (out.length > 0) to.write(out.length === 1 ? out[0]! : Buffer.concat(out));
  });
}
