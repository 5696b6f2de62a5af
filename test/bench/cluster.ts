/** What it costs that a frame's session is on another node, over a real server of NATS. */

import type { OwnedSession } from '../../src/cluster/owned-session.ts';
import { ClusterNode } from '../../src/cluster/node.ts';
import { natsEngine } from '../../src/cluster/nats-engine.ts';
import { defaultClusterLimits, replicatedTimes } from '../../src/cluster/settings.ts';
import { silentLog } from '../../src/runtime/silent-log.ts';
import { systemClock } from '../../src/runtime/system-clock.ts';
import { NatsServer, hasNoNats } from '../cluster/nats-server.ts';
import { type Bench, cpuMicros, inRounds, perRound, ratios } from './measure.ts';
import { cpuMicrosOfProcess } from './process-vitals.ts';

const frameBytes = 300;
const concurrency = 32;
const framesPerRound = 8000;
const warmUpFrames = 20_000;
const key = 's:bench';

export const clustered: Bench = {
  name: 'cluster',
  title: 'A frame whose session is on another node',
  about: `Two nodes in one process and one \`nats-server\` beside it. A frame of ${frameBytes} bytes, answered with the same bytes, ${concurrency} at a time: asked of
the node that has its session, and of the other one, which sends it on. The processor time is that of both nodes together, and the
server's by itself.`,

  isAbsent: hasNoNats,

  async measure(options) {
    const server = await NatsServer.start();
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
      const { here, there } = await inRounds(options, { here: asked(owner), there: asked(other) });
      const local = here.map(({ nodes }) => nodes);
      const forwarded = there.map(({ nodes }) => nodes);
      return [
        perRound('performed where it arrived, both nodes', 'us', local),
        perRound('sent on to the owner, both nodes', 'us', forwarded),
        perRound('sent on, by performed where it arrived', 'x', ratios(forwarded, local)),
        perRound(
          'sent on, the server',
          'us',
          there.map(({ broker }) => broker),
        ),
      ];
    } finally {
      for (const node of [owner, other]) node.stop();
      await Promise.all(engines.splice(0).map(async (engine) => engine.close()));
      await server.stop();
    }
  },
};

const engines: { close(): Promise<void> }[] = [];

async function nodeOn(server: NatsServer, name: string): Promise<ClusterNode> {
  const engine = await natsEngine({
    ...{ servers: [server.url], cluster: 'bench', replicas: 1, frameBytesMax: 1024 * 1024 },
  });
  engines.push(engine);
  const echo: OwnedSession = { isRecoverable: true, handle: async (frame) => frame, stop: () => {} };
  const node = new ClusterNode({
    ...{ node: name, engine, clock: systemClock(), random: Math.random, log: silentLog, pendingTotal: 1000 },
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
