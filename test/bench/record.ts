/** What it costs a proxy to write a tape of its sessions. */

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contentOf } from './exchange.ts';
import { FrontProcess, stopFronts } from './front-process.ts';
import { HttpSession } from './http-session.ts';
import { ninelivesOn } from './http-starts.ts';
import type { Caller, Load } from './load.ts';
import { type Bench, type BenchOptions, type Measure, perRound } from './measure.ts';
import { PeerProcess, echoServer, ninelives, stopAll } from './peer-process.ts';
import { Ways } from './ways.ts';

const small = { tool: 'echo', args: contentOf('hello world'), concurrency: 32 } as const;
const plain = 'not recorded';
/** By the name of the way: the flags of the tape, which is `tape` in a folder of its own. */
const tapes = {
  [plain]: () => [],
  recorded: (tape: string) => ['--record', tape],
  'recorded whole': (tape: string) => ['--record', tape, '--record-bodies', 'whole'],
} as const satisfies Readonly<Record<string, (tape: string) => readonly string[]>>;
type Way = keyof typeof tapes;
const ways = Object.keys(tapes) as readonly Way[];

export const recorded: Bench = {
  name: 'record',
  title: 'A proxy that is recorded',
  about: `The small calls of \`hop\`, 32 at a time, through \`ninelives forward stdio\` and \`forward http\`: as they are, with \`--record FILE\`, and with
\`--record-bodies whole\`, which hides no secrets. The processor time is that of the proxy's process, with what it writes to the disk.`,

  async measure(options) {
    const folder = mkdtempSync(join(tmpdir(), 'ninelives-bench-'));
    try {
      return [
        ...(await measureOn('stdio', 1.3, options, { calls: 2500, warmUp: 30_000 }, piped(folder))),
        ...(await measureOn('HTTP', 1.05, options, { calls: 500, warmUp: 8000 }, fronted(folder))),
      ];
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

type Start = (way: Way) => Promise<Caller>;

async function measureOn(
  front: string,
  most: number,
  options: BenchOptions,
  { calls, warmUp }: { readonly calls: number; readonly warmUp: number },
  start: Start,
): Promise<readonly Measure[]> {
  try {
    const callers = new Map<string, Caller>();
    for (const way of ways) callers.set(way, await start(way));
    const all = new Ways(callers, []);
    await all.warmUp({ ...small, calls: warmUp });
    const load: Load = { ...small, calls };
    const runs = await all.run(options, load, 10);
    return [
      ...ways.map((way) => perRound(`${front}: processor time, ${way}`, 'us', runs.cpuMicros(way))),
      perRound(`${front}: recorded, by not recorded`, 'x', runs.cpuBy('recorded', plain), { most }),
      perRound(`${front}: recorded whole, by not recorded`, 'x', runs.cpuBy('recorded whole', plain)),
      runs.leastCpu(`${front}: least processor time of a run`, ways),
    ];
  } finally {
    await Promise.all([stopFronts(), stopAll()]);
  }
}

function piped(folder: string): Start {
  return async (way) => {
    const peer = new PeerProcess(ninelives(echoServer, tapes[way](join(folder, `stdio ${way}.jsonl`))));
    await peer.initialize();
    return peer;
  };
}

function fronted(folder: string): Start {
  return async (way) => {
    const own = join(folder, way);
    mkdirSync(own);
    const flags = tapes[way](join(own, 'tape.jsonl'));
    const wanted = { server: echoServer, upstream: '', folder: own };
    const front = await FrontProcess.started((port) => ninelivesOn('http-stdio', { ...wanted, port }, flags));
    const session = new HttpSession({ ...front.place });
    await session.initialize();
    return session;
  };
}
