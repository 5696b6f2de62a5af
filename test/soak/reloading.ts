/**
 * The reloading lane: a gateway whose file is written anew once a second, to good and to broken, while clients of the TypeScript SDK go
 * on calling. None of them may notice.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { gatewayOf, scriptedServer } from './commands.ts';
import type { Violation } from './ledger.ts';
import type { Run } from './run.ts';
import { commandOf, markName, survivors } from './survivors.ts';
import { within } from './within.ts';

const lane = 'reloading';
const clients = 3;
const everyMs = 1000;
/** A busy machine takes a while to read a file. */
const patienceMs = 30_000;
/** So long before the end the last file is written. */
const lastMs = 5000;

const [command, ...args] = scriptedServer;
const upstream = (env: object): string => JSON.stringify({ command, args, env });
const good = [
  `upstreams: { one: ${upstream({})} }\nroutes:\n  - { path: /one, upstream: one }\n`,
  `upstreams: { one: ${upstream({ OTHER: 'yes' })} }\nroutes:\n  - { path: /one, upstream: one }\n`,
  `upstreams: { one: ${upstream({})} }\nroutes:\n  - { path: /one, upstream: one, limits: { pendingPerSession: 500 } }\n`,
];
const broken = ['upstreams: [\n', 'upstreams: {}\n', `${good[0]!}sessionsMax: none\n`];
const outcomes: readonly string[] = [
  'configuration reloaded',
  'the configuration says the same',
  'the configuration is as it was: the file cannot be used',
];

export async function reloadingLane(run: Run): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'soak-reloading-'));
  const file = join(folder, 'gateway.yaml');
  const write = (text: string): void => writeFileSync(file, `version: 1\nlisten: 127.0.0.1:0\n${text}`);
  write(good[0]!);
  const mark = run.mark(lane);
  const violation = run.violationIn(lane);
  const [program = '', ...words] = gatewayOf(file);
  const gateway = spawn(program, words, {
    env: { ...process.env, [markName]: mark },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const log = new GatewayLog(createInterface(gateway.stderr));
  try {
    await log.until(() => log.url !== undefined);
    const load = new AbortController();
    const callers = Array.from({ length: clients }, async (_, index) =>
      call(run, log.url!, index, load.signal, violation),
    );
    for (let round = 1; run.leftMs > lastMs && gateway.exitCode === null; round++) {
      await sleep(everyMs);
      const answered = log.reloads;
      write(round % 2 === 0 ? good[(round / 2) % good.length]! : broken[((round - 1) / 2) % broken.length]!);
      gateway.kill('SIGHUP');
      if (
        (await within(
          log.until(() => log.reloads > answered),
          patienceMs,
        )) === 'too late'
      )
        violation('a file that changes is read', `nothing is said of round ${round} after ${patienceMs} ms`);
      run.count(lane, 'reloads');
    }
    if (log.sessionsEnded > 0) violation('no reload ends a session', `${log.sessionsEnded} ended`);
    load.abort();
    await Promise.all(callers);
  } finally {
    gateway.kill('SIGTERM');
    if (gateway.exitCode === null) await within(once(gateway, 'exit'), patienceMs);
    rmSync(folder, { recursive: true, force: true });
  }
  for (const pid of await survivors(mark, patienceMs)) violation('nothing is left behind', commandOf(pid));
}

/** One client, which calls until it is told to stop. */
async function call(run: Run, url: string, index: number, signal: AbortSignal, violation: Violation): Promise<void> {
  const client = new Client({ name: 'soak', version: '1.0.0' });
  try {
    await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/one`)));
    for (let number = 0; !signal.aborted; number++) {
      const text = `call ${number} of ${index}`;
      const answer = JSON.stringify(await client.callTool({ name: 'echo', arguments: { text } }));
      if (!answer.includes(text)) violation('every answer is the right one', `${answer.slice(0, 200)} for ${text}`);
      run.count(lane, 'echo');
    }
  } catch (error) {
    violation('no request fails without a reason', String(error));
  }
  await client.close();
}

/** What a gateway has said on stderr, as far as it matters here. */
class GatewayLog {
  url: string | undefined = undefined;
  reloads = 0;
  sessionsEnded = 0;
  readonly #lines: NodeJS.EventEmitter;

  constructor(lines: NodeJS.EventEmitter) {
    this.#lines = lines;
    lines.on('line', (line: string) => {
      this.url ??= /listening on (http:\/\/[^\s,/]+)/.exec(line)?.[1];
      if (outcomes.some((outcome) => line.includes(`"${outcome}"`))) this.reloads++;
      if (line.includes('"session ended"')) this.sessionsEnded++;
    });
  }

  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await once(this.#lines, 'line');
  }
}
