/**
 * What a proxy over standard streams costs that does as little as it can: `pipe` hands chunks through, `lines` cuts them into
 * lines and writes those, `json` also parses and writes every message anew. No sessions, no limits, no errors: a floor, not a
 * product.
 */

import { spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

const [mode, , command = '', ...args] = process.argv.slice(2);
const server = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
server.on('exit', (code) => process.exit(code ?? 1));
server.stdin.on('error', () => {});

if (mode === 'pipe') {
  process.stdin.pipe(server.stdin);
  server.stdout.pipe(process.stdout);
} else {
  passLines(process.stdin, server.stdin);
  passLines(server.stdout, process.stdout);
  process.stdin.on('end', () => server.stdin.end());
}

function passLines(from: Readable, to: Writable): void {
  const lineFeed = Buffer.from('\n');
  let rest: Buffer = Buffer.alloc(0);
  from.on('data', (chunk: Buffer) => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const out: Buffer[] = [];
    let start = 0;
    for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, start)) {
      const line = bytes.subarray(start, end);
      out.push(mode === 'json' ? Buffer.from(JSON.stringify(JSON.parse(line.toString()))) : line, lineFeed);
      start = end + 1;
    }
    rest = bytes.subarray(start);
    if (out.length > 0) to.write(Buffer.concat(out));
  });
}
