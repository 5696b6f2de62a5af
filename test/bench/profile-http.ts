/**
 * Shows where a process that listens spends its processor time, by function: `npm run profile:http -- --help`. The loads are
 * those of the benches of hops with HTTP in them.
 */

import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { contentOf, sourceText } from './exchange.ts';
import { FrontProcess, stopFronts } from './front-process.ts';
import { HttpSession } from './http-session.ts';
import { type Start, echoHttpServer, floors, ninelivesOn } from './http-starts.ts';
import { type Load, run } from './load.ts';
import { echoServer } from './peer-process.ts';
import { type CpuProfile, selfMicros, show } from './profile-table.ts';

interface Options {
  readonly behind: 'stdio' | 'http';
  readonly way: string;
  readonly bytes: number;
  readonly concurrency: number;
  readonly calls: number;
  readonly flags: string;
}

const ways = ['ninelives', ...new Set([...Object.keys(floors['http-stdio']), ...Object.keys(floors['http-http'])])];

const { behind, way, bytes, concurrency, calls, flags } = new Command('npm run profile:http --')
  .description('Shows which functions of a proxy in front of HTTP clients take its processor time.')
  .addOption(new Option('--behind <what>', 'what stands behind it').choices(['stdio', 'http']).default('stdio'))
  .addOption(new Option('--way <name>', 'ninelives, or a floor').choices(ways).default('ninelives'))
  .option('--bytes <n>', 'of text in a call', number, 11)
  .option('--concurrency <n>', 'calls under way at once', number, 32)
  .option('--calls <n>', 'how many are looked at', number, 20_000)
  .option('--flags <text>', 'more flags for ninelives, apart by spaces', '')
  .parse()
  .opts<Options>();

const samplingMicros = 200;
const load: Load = {
  tool: 'echo',
  args: contentOf(bytes === 11 ? 'hello world' : sourceText(bytes)),
  concurrency,
  calls,
};
const folder = mkdtempSync(join(tmpdir(), 'ninelives-profile-'));
try {
  const server = await FrontProcess.started(echoHttpServer);
  const profiling = ['--cpu-prof', '--cpu-prof-dir', folder, '--cpu-prof-interval', String(samplingMicros)];
  const front = await FrontProcess.started(startOf(server.url), { nodeFlags: profiling });
  const session = new HttpSession(front.place);
  await session.initialize();
  const { cpuMs } = await run(session, load);
  await session.delete();
  await session.stop();
  await front.stop();
  const [file = ''] = readdirSync(folder);
  const self = selfMicros(JSON.parse(readFileSync(join(folder, file), 'utf8')) as CpuProfile);
  self.delete('(idle)');
  show(`${way} in front of ${behind}: microseconds of a call, by function, start and end included`, self, calls, 2);
  console.log(`\nprocessor time of a call: ${((cpuMs * 1000) / calls).toFixed(1)} us, the profiler's included`);
} finally {
  await stopFronts();
  rmSync(folder, { recursive: true });
}

function startOf(upstream: string): (port: string) => Start {
  const path = `http-${behind}` as const;
  return (port) => {
    const wanted = { port, server: echoServer, upstream, folder };
    if (way === 'ninelives') return ninelivesOn(path, wanted, flags === '' ? [] : flags.split(' '));
    const floor = floors[path][way];
    if (floor === undefined) throw new Error(`There is no floor '${way}' in front of ${behind}`);
    return floor(wanted);
  };
}

function number(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('It must be a whole number above 0.');
  return value;
}
