/** What it costs that a frame's session is on another node, over a real server of NATS. */

import type { OwnedSession } from '../../src/cluster/owned-session.ts';
import { ClusterNode } from '../../src/cluster/node.ts';
import { natsEngine } from '../../src/cluster/nats-engine.ts';
import { defaultClusterLimits, replicatedTimes } from '../../src/cluster/settings.ts';
import { silentLog } from '../../src/runtime/silent-log.ts';
import { systemClock } from '../../src/runtime/system-clock.ts';
import { NatsServer, hasNoNats } from '../cluster/nats-server.ts';
import { contentOf, sourceText } from './exchange.ts';
import { FrontProcess, stopFronts } from './front-process.ts';
import { HttpSession } from './http-session.ts';
import { ninelivesOn } from './http-starts.ts';
import { run } from './load.ts';
import {
  type Bench,
  type BenchOptions,
  type Measure,
  type Target,
  cpuMicros,
  inRounds,
  perRound,
  ratios,
} from './measure.ts';
import { echoServer } from './peer-process.ts';
import { cpuMicrosOfProcess } from './process-vitals.ts';

const frameBytes = 300;
const callsPerRound = 1500;
const warmUpCalls = 8000;
const concurrency = 32;
const framesPerRound = 8000;
const warmUpFrames = 20_000;
const key = 's:bench';
/** With the rest of a call they make a message of about as many bytes. */
const load = { tool: 'echo', args: contentOf(sourceText(frameBytes / 2)), concurrency } as const;

export const clustered: Bench = {
  name: 'cluster',
  title: 'A frame whose session is on another node',
  about: `Two nodes and one \`nats-server\`. *Through the fronts*: two \`ninelives forward http --cluster\` as processes, in front of a server that
is a process; calls of one session whose messages have about ${frameBytes} bytes, ${concurrency} at a time, sent to the node that has the session, and to
the other one, which sends each exchange on. The processor time is that of both nodes together, for a call, and the server's by itself.
*Frames alone*: two nodes in one process, no HTTP and no session: a frame of ${frameBytes} bytes whose answer is itself. What is performed
where it arrived is then hardly anything, and the difference is what the way to another node and back costs.`,

  isAbsent: hasNoNats,

  async measure(options) {
    const server = await NatsServer.start();
    try {
      return [...(await throughFronts(options, server)), ...(await framesAlone(options, server))];
    } finally {
      await server.stop();
    }
  },
};

async function throughFronts(options: BenchOptions, server: NatsServer): Promise<readonly Measure[]> {
  try {
    const flags = ['--cluster', server.url, '--cluster-name', 'fronts', '--frame-bytes-max', '1048576'];
    const place = { server: echoServer, upstream: '', folder: '' };
    const start = (port: string) => ninelivesOn('http-stdio', { ...place, port }, flags);
    const [owner, other] = [await FrontProcess.started(start), await FrontProcess.started(start)];
    const here = new HttpSession(owner.place);
    await here.initialize();
    const there = new HttpSession(other.place);
    there.sessionId = here.sessionId;
    const pids = { nodes: [owner.pid, other.pid], broker: [server.pid] };
    const micros = (of: readonly number[]): number => of.reduce((sum, pid) => sum + cpuMicrosOfProcess(pid), 0);
    const asked = (session: HttpSession) => async () => {
      await session.ready(concurrency);
      const before = { nodes: micros(pids.nodes), broker: micros(pids.broker) };
      await run(session, { ...load, calls: callsPerRound });
      return {
        nodes: (micros(pids.nodes) - before.nodes) / callsPerRound,
        broker: (micros(pids.broker) - before.broker) / callsPerRound,
      };
    };
    for (const session of [here, there]) await run(session, { ...load, calls: warmUpCalls });
    const rounds = await inRounds(options, { here: asked(here), there: asked(there) });
    return measuresOf('through the fronts', rounds, { most: 3 });
  } finally {
    await stopFronts();
  }
}

async function framesAlone(options: BenchOptions, server: NatsServer): Promise<readonly Measure[]> {
  const [owner, other] = [await nodeOn(server, 'owner'), await nodeOn(server, 'other')];
  try {
    const claim = await owner.directory.claim(key);
    if (claim.kind !== 'owned') throw new Error(`The key was not to be had: ${claim.kind}`);
    const frame = new Uint8Array(frameBytes);
    const asked = (node: ClusterNode) => async () => {
      const [nodes, broker] = [cpuMicros(), cpuMicrosOfProcess(server.pid)];
      await flood(node, frame, framesPerRound);
      return {
        nodes: (cpuMicros() - nodes) / framesPerRound,
        broker: (cpuMicrosOfProcess(server.pid) - broker) / framesPerRound,
      };
    };
    for (const node of [owner, other]) await flood(node, frame, warmUpFrames);
    return measuresOf('frames alone', await inRounds(options, { here: asked(owner), there: asked(other) }));
  } finally {
    for (const node of [owner, other]) node.stop();
    await Promise.all(engines.splice(0).map(async (engine) => engine.close()));
  }
}

/** Microseconds for one. */
interface Cost {
  readonly nodes: number;
  readonly broker: number;
}

function measuresOf(
  what: string,
  { here, there }: { readonly here: readonly Cost[]; readonly there: readonly Cost[] },
  target?: Target,
): readonly Measure[] {
  const nodes = (costs: readonly Cost[]): readonly number[] => costs.map((cost) => cost.nodes);
  const broker = there.map((cost) => cost.broker);
  return [
    perRound(`${what}: performed where it arrived, both nodes`, 'us', nodes(here)),
    perRound(`${what}: sent on to the owner, both nodes`, 'us', nodes(there)),
    perRound(`${what}: sent on, by performed where it arrived`, 'x', ratios(nodes(there), nodes(here)), target),
    perRound(`${what}: sent on, the server`, 'us', broker),
  ];
}

const engines: { close(): Promise<void> }[] = [];

async function nodeOn(server: NatsServer, name: string): Promise<ClusterNode> {
  const engine = await natsEngine({
    ...{ servers: [server.url], cluster: 'bench', replicas: 1, frameBytesMax: 1024 * 1024 },
  });
  engines.push(engine);
  const echo: OwnedSession = { isRecoverable: true, handle: async (frame) => frame, stop: () => {} };
  const node = new ClusterNode({
    ...{ node: name, engine, clock: systemClock(), random: Math.random, log: silentLog, pendingTotal: 1000 },
    counted: { pending: 0, admit: () => {} },
    settings: { times: replicatedTimes, limits: defaultClusterLimits },
    host: { open: () => echo },
  });
  await node.start();
  return node;
}

async function flood(node: ClusterNode, frame: Uint8Array, count: number): Promise<void> {
  let left = count;
  const one = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const result = await node.router.send(key, frame, { deadlineMs: 10_000 });
      if (!result.ok) throw new Error(`A frame failed: ${result.code}`);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, one));
}
