/** What it costs a proxy to be inspected: while nobody looks, while somebody does, and while many look who do not read. */

import { contentOf } from './exchange.ts';
import { InspectedProxy } from './inspected-proxy.ts';
import type { Load } from './load.ts';
import { type Bench, type Measure, perRound, ratios, single } from './measure.ts';
import { PeerProcess, echoServer, ninelives, stopAll } from './peer-process.ts';
import { median, quantile } from './statistics.ts';
import { type Runs, Ways } from './ways.ts';

const small = { tool: 'echo', args: contentOf('hello world') } as const;
/** What is run in one turn. */
const together: Load = { ...small, concurrency: 32, calls: 2500 };
const alone: Load = { ...small, concurrency: 1, calls: 50 };
const turns = 10;
const warmUp: Load = { ...together, calls: 30_000 };
const slowViewers = 10;

/** By the name of the way: what is looked at, by how many, and whether they read. */
const looks = {
  'nobody looks': [],
  'one looks at the overview': [['overview', true]],
  'one looks at the session': [['session', true]],
  'ten look and do not read': Array.from({ length: slowViewers }, () => ['session', false] as const),
} as const satisfies Readonly<Record<string, readonly (readonly ['overview' | 'session', boolean])[]>>;

const names = Object.keys(looks) as (keyof typeof looks)[];
const plain = 'not inspected';

export const inspector: Bench = {
  name: 'inspector',
  title: 'A proxy that is inspected',
  about: `The small calls of \`hop\` through \`ninelives forward stdio\`, and through the same with \`--inspect\`: while nobody looks, while one
viewer of the feed looks at the overview or at the one session with its events, and while ${slowViewers} look at the session and read nothing of what
they are told. The viewers are connections of the measuring process; the processor time is that of the proxy's process. Ratios are taken
within a round. With 32 calls at a time the proxy has no idle moment, so that a viewer's fixed share (a few messages a second,
250 events in a batch at most) is spread over as many calls as there can be.`,

  async measure(options) {
    const inspected = new Map(names.map((name) => [name, new InspectedProxy()]));
    const callers = new Map<string, PeerProcess>([
      [plain, new PeerProcess(ninelives(echoServer))],
      ...[...inspected].map(([name, { proxy }]) => [name, proxy] as const),
    ]);
    try {
      for (const caller of callers.values()) await caller.initialize();
      const ways = new Ways(callers, []);
      await ways.warmUp(warmUp);
      for (const [name, proxy] of inspected) for (const [what, reads] of looks[name]) await proxy.view(what, reads);
      const aloneRuns = await ways.run(options, alone, turns);
      const togetherRuns = await ways.run(options, together, turns);
      const told = inspected.get('one looks at the session')!.received;
      return [
        ...cpuMeasures(togetherRuns),
        ...latencyMeasures(aloneRuns),
        single('messages that a viewer read', '', told, { least: 1 }),
      ];
    } finally {
      for (const proxy of inspected.values()) await proxy.stop();
      await stopAll();
    }
  },
};

function cpuMeasures(runs: Runs): readonly Measure[] {
  const most: Readonly<Partial<Record<string, number>>> = { 'one looks at the overview': 1.03 };
  const byNobody = (name: string): readonly number[] => ratios(runs.cpuMicros(name), runs.cpuMicros('nobody looks'));
  return [
    ...[plain, ...names].map((name) => perRound(`32 at a time: processor time, ${name}`, 'us', runs.cpuMicros(name))),
    perRound(`32 at a time: nobody looks, by ${plain}`, 'x', runs.cpuBy('nobody looks', plain)),
    ...names.slice(1).map((name) => {
      const limit = most[name];
      return perRound(
        `32 at a time: ${name}, by nobody looks`,
        'x',
        byNobody(name),
        limit === undefined ? undefined : { most: limit },
      );
    }),
    runs.leastCpu('32 at a time: least processor time of a run', [plain, ...names]),
  ];
}

function latencyMeasures(runs: Runs): readonly Measure[] {
  const slow = 'ten look and do not read';
  const of = (name: string, share: number): readonly number[] =>
    runs.each(name, ({ micros }) => quantile(micros, share));
  return [
    perRound(
      '1 at a time: p50, nobody looks',
      'us',
      runs.each('nobody looks', ({ micros }) => median(micros)),
    ),
    perRound(
      `1 at a time: p50, ${slow}`,
      'us',
      runs.each(slow, ({ micros }) => median(micros)),
    ),
    perRound('1 at a time: p99, nobody looks', 'us', of('nobody looks', 0.99)),
    perRound(`1 at a time: p99, ${slow}`, 'us', of(slow, 0.99)),
    perRound(`1 at a time: p99, ${slow}, by nobody looks`, 'x', ratios(of(slow, 0.99), of('nobody looks', 0.99))),
  ];
}
