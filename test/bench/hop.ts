/** What one hop through `ninelives forward stdio` adds, beside proxies that do nothing but carry. Real processes. */

import { type Bench, type Measure, inRounds, perRound, ratios } from './measure.ts';
import { PeerProcess, cpuMicrosOfProcess, echoServer, floorProxy, ninelives, stopAll } from './peer-process.ts';
import { median, quantile } from './statistics.ts';

const requestsAlone = 500;
const requestsTogether = 6000;
const together = 32;

type Target = 'direct' | 'pipe' | 'lines' | 'json' | 'ninelives';

interface Run {
  readonly perSecond: number;
  readonly p50Micros: number;
  readonly p99Micros: number;
  /** Of the process that the client talks to. */
  readonly cpuMicros: number;
}

type Runs = Readonly<Record<Target, readonly Run[]>>;

export const hop: Bench = {
  name: 'hop',
  title: 'One hop over standard streams',
  about: `A client sends \`tools/call\` with 11 bytes of text to a server that echoes it: directly, through \`ninelives forward stdio\`, and
through three floors of a few lines each: *pipe* hands the chunks on, *lines* cuts them into lines, *json* parses and writes
every message. One request at a time, and 32 at a time. Every answer is compared byte for byte. The processor time is that
of the proxy's process alone, from \`/proc\`; it is the number to trust on a busy machine. Differences and ratios are taken
within a round.`,

  async measure(options) {
    const peers: Record<Target, PeerProcess> = {
      direct: new PeerProcess(echoServer),
      pipe: new PeerProcess(floorProxy('pipe')),
      lines: new PeerProcess(floorProxy('lines')),
      json: new PeerProcess(floorProxy('json')),
      ninelives: new PeerProcess(ninelives(echoServer)),
    };
    try {
      for (const peer of Object.values(peers)) {
        await peer.initialize();
        await load(peer, together, requestsTogether);
      }
      const alone = await inRounds(options, each(peers, 1, requestsAlone));
      const many = await inRounds(options, each(peers, together, requestsTogether));
      return [...aloneMeasures(alone), ...togetherMeasures(many)];
    } finally {
      await stopAll();
    }
  },
};

function each(
  peers: Readonly<Record<Target, PeerProcess>>,
  concurrency: number,
  total: number,
): Readonly<Record<Target, () => Promise<Run>>> {
  const run = (target: Target) => (): Promise<Run> => load(peers[target], concurrency, total);
  return {
    direct: run('direct'),
    pipe: run('pipe'),
    lines: run('lines'),
    json: run('json'),
    ninelives: run('ninelives'),
  };
}

const column = (runs: readonly Run[], of: keyof Run): readonly number[] => runs.map((run) => run[of]);

function aloneMeasures(runs: Runs): readonly Measure[] {
  const p50 = (target: Target): readonly number[] => column(runs[target], 'p50Micros');
  const added = (target: Target): readonly number[] => p50(target).map((value, round) => value - p50('direct')[round]!);
  return [
    perRound('1 at a time: p50, direct', 'us', p50('direct')),
    perRound('1 at a time: p50 added by pipe', 'us', added('pipe')),
    perRound('1 at a time: p50 added by lines', 'us', added('lines')),
    perRound('1 at a time: p50 added by json', 'us', added('json')),
    perRound('1 at a time: p50 added by ninelives', 'us', added('ninelives')),
    perRound('1 at a time: p99, ninelives', 'us', column(runs.ninelives, 'p99Micros')),
    perRound('1 at a time: processor time, lines', 'us', column(runs.lines, 'cpuMicros')),
    perRound('1 at a time: processor time, ninelives', 'us', column(runs.ninelives, 'cpuMicros')),
  ];
}

function togetherMeasures(runs: Runs): readonly Measure[] {
  const rate = (target: Target): readonly number[] => column(runs[target], 'perSecond');
  const cpu = (target: Target): readonly number[] => column(runs[target], 'cpuMicros');
  return [
    perRound('32 at a time: requests, direct', '1/s', rate('direct')),
    perRound('32 at a time: requests, ninelives', '1/s', rate('ninelives')),
    perRound('32 at a time: ninelives, by direct', 'x', ratios(rate('ninelives'), rate('direct'))),
    perRound('32 at a time: ninelives, by json', 'x', ratios(rate('ninelives'), rate('json'))),
    perRound('32 at a time: processor time, pipe', 'us', cpu('pipe')),
    perRound('32 at a time: processor time, lines', 'us', cpu('lines')),
    perRound('32 at a time: processor time, json', 'us', cpu('json')),
    perRound('32 at a time: processor time, ninelives', 'us', cpu('ninelives')),
    perRound('32 at a time: processor time of ninelives, by lines', 'x', ratios(cpu('ninelives'), cpu('lines'))),
    perRound('32 at a time: processor time of ninelives, by json', 'x', ratios(cpu('ninelives'), cpu('json'))),
  ];
}

let ids = 0;

/** Keeps `concurrency` requests under way until `total` of them are answered. */
async function load(peer: PeerProcess, concurrency: number, total: number): Promise<Run> {
  const micros: number[] = [];
  const cpuBefore = cpuMicrosOfProcess(peer.pid);
  const before = performance.now();
  let sent = 0;
  const one = async (): Promise<void> => {
    while (sent < total) {
      sent += 1;
      const id = ++ids;
      const start = performance.now();
      await peer.ask(
        `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"echo","arguments":{"text":"hello world"}}}`,
        `{"result":{"content":{"text":"hello world"}},"jsonrpc":"2.0","id":${id}}`,
      );
      micros.push((performance.now() - start) * 1000);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, one));
  return {
    perSecond: total / ((performance.now() - before) / 1000),
    p50Micros: median(micros),
    p99Micros: quantile(micros, 0.99),
    cpuMicros: (cpuMicrosOfProcess(peer.pid) - cpuBefore) / total,
  };
}
