/**
 * The main job, once: a real SDK client drives a real server through `ninelives forward stdio`, and the proxy's own trace
 * tells the life of the session. Exit code 1 when anything differs from what must be.
 */

import { fileURLToPath } from 'node:url';

import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { Readable } from 'node:stream';

import { drive } from './drive.ts';
import { Expectations } from './expectations.ts';
import { bold, checkLife, describeLife, dim, green, red } from './life.ts';
import { Trace } from './trace.ts';

// dist/scripts/demo/main.js stands beside dist/src.
const proxy = fileURLToPath(new URL('../../bin/ninelives.cjs', import.meta.url));
const server = fileURLToPath(import.meta.resolve('@modelcontextprotocol/server-everything/dist/index.js'));

const transport = new StdioClientTransport({
  command: process.execPath,
  args: [proxy, 'forward', 'stdio', '--log-level', 'trace', '--check-invariants', '--', process.execPath, server],
  stderr: 'pipe',
});
const trace = new Trace(transport.stderr as Readable);
const expectations = new Expectations();

console.error(bold('A real client, ninelives, and @modelcontextprotocol/server-everything'));
await drive(transport, expectations.expect, (what) => console.error(dim(`  ${what} ...`)));
await trace.ended;

const { life, exchanges } = trace;
if (life === undefined) expectations.problems.push(`the proxy told no life of its session: ${trace.noise.join('\n')}`);
else {
  for (const line of ['', ...describeLife(life, exchanges), '']) console.log(line);
  checkLife(life, exchanges, expectations.expect);
}
const { problems } = expectations;
console.log(problems.length === 0 ? green('As it must be.') : red('Not as it must be:'));
for (const problem of problems) console.log(`  ${problem}`);
process.exitCode = problems.length === 0 ? 0 : 1;
