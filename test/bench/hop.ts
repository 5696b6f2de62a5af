/** What one hop through `ninelives forward stdio` adds to a small call, beside proxies that do nothing but carry. */

import { contentOf } from './exchange.ts';
import { type Load } from './load.ts';
import { type Bench, type Measure, perRound, ratios } from './measure.ts';
import { median, quantile } from './statistics.ts';
import { type Runs, type Way, Ways } from './ways.ts';

const small = { tool: 'echo', args: contentOf('hello world') } as const;
/** What is run in one turn. */
const alone: Load = { ...small, concurrency: 1, calls: 50 };
const together: Load = { ...small, concurrency: 32, calls: 8000 };
const crowded: Load = { ...together, concurrency: 256, calls: 16_000 };
const turns = 10;
/** Enough for the compiler to have come to an end with every way. */
const warmUp: Load = { ...together, calls: 50_000 };

const floorsAndOurs: readonly Way[] = ['lines', 'scan', 'json', 'ninelives'];

export const hop: Bench = {
  name: 'hop',
  title: 'One hop over standard streams',
  about: `A client sends \`tools/call\` with 11 bytes of text to a server that echoes it: directly, through \`ninelives forward stdio\`, and
through four floors of a few lines each: *pipe* hands the chunks on, *lines* cuts them into lines, *scan* also reads the
envelope of each line with our own scanner, *json* parses and writes every message. The floors keep no account of anything and
know no limits. *tooner* is the only proxy of another project that we know to go from stdio to stdio and to run from npm on
Node 20 (the others speak HTTP on one side at least); it is native, writes each frame to a log too (here: to nowhere), and has
rows where \`npm run bench:peers\` has installed it. One request at a time, 32, and 256 at a time. Every answer is
compared byte for byte. *Added* is the p50 less the p50 of the direct way in the same round. The processor time is that of the
proxy's process alone, all its threads, from the scheduler's own nanoseconds (\`/proc\`, \`schedstat\`); it is the number to trust
on a busy machine. Then more messages come with each read, which makes every way cheaper, and those most that do the least.`,

  async measure(options) {
    return Ways.opened(
      { ways: ['direct', 'pipe', 'lines', 'scan', 'json', 'ninelives'], withPeers: true },
      async (ways) => {
        await ways.warmUp(warmUp);
        const aloneRuns = await ways.run(options, alone, turns);
        const togetherRuns = await ways.run(options, together, turns);
        const crowdedRuns = await ways.run(options, crowded, turns);
        return [
          ...aloneMeasures(aloneRuns, ways.peerNames),
          ...togetherMeasures(togetherRuns, ways.peerNames),
          togetherRuns.leastCpu('32 at a time: least processor time of a run', floorsAndOurs),
          ...crowdedMeasures(crowdedRuns),
          crowdedRuns.leastCpu('256 at a time: least processor time of a run', floorsAndOurs),
        ];
      },
    );
  },
};

function aloneMeasures(runs: Runs, peers: readonly string[]): readonly Measure[] {
  const p50 = (way: string): readonly number[] => runs.each(way, ({ micros }) => median(micros));
  const added = (way: string): readonly number[] => p50(way).map((value, round) => value - p50('direct')[round]!);
  const proxies = ['pipe', 'lines', 'scan', 'json', ...peers, 'ninelives'];
  return [
    perRound('1 at a time: p50, direct', 'us', p50('direct')),
    ...proxies.map((way) => perRound(`1 at a time: p50 added by ${way}`, 'us', added(way))),
    perRound('1 at a time: added by ninelives, by lines', 'x', ratios(added('ninelives'), added('lines')), {
      most: 1.3,
    }),
    perRound(
      '1 at a time: p99, ninelives',
      'us',
      runs.each('ninelives', ({ micros }) => quantile(micros, 0.99)),
    ),
    perRound('1 at a time: processor time, lines', 'us', runs.cpuMicros('lines')),
    perRound('1 at a time: processor time, ninelives', 'us', runs.cpuMicros('ninelives')),
  ];
}

function togetherMeasures(runs: Runs, peers: readonly string[]): readonly Measure[] {
  const proxies = ['pipe', 'lines', 'scan', 'json', ...peers, 'ninelives'];
  const by = (floor: 'lines' | 'scan' | 'json', most?: number): Measure =>
    perRound(
      `32 at a time: processor time of ninelives, by ${floor}`,
      'x',
      runs.cpuBy('ninelives', floor),
      most === undefined ? undefined : { most },
    );
  return [
    perRound('32 at a time: requests, direct', '1/s', runs.perSecond('direct')),
    perRound('32 at a time: requests, ninelives', '1/s', runs.perSecond('ninelives')),
    perRound(
      '32 at a time: requests of ninelives, by direct',
      'x',
      ratios(runs.perSecond('ninelives'), runs.perSecond('direct')),
    ),
    ...proxies.map((way) => perRound(`32 at a time: processor time, ${way}`, 'us', runs.cpuMicros(way))),
    by('lines', 1.25),
    by('scan'),
    by('json', 1),
    ...peers.map((peer) =>
      perRound(
        `32 at a time: processor time of ninelives, by ${peer}`,
        'x',
        ratios(runs.cpuMicros('ninelives'), runs.cpuMicros(peer)),
      ),
    ),
  ];
}

function crowdedMeasures(runs: Runs): readonly Measure[] {
  const each = '256 at a time';
  return [
    perRound(
      `${each}: requests of ninelives, by direct`,
      'x',
      ratios(runs.perSecond('ninelives'), runs.perSecond('direct')),
    ),
    ...floorsAndOurs.map((way) => perRound(`${each}: processor time, ${way}`, 'us', runs.cpuMicros(way))),
    ...(['lines', 'scan', 'json'] as const).map((floor) =>
      perRound(`${each}: processor time of ninelives, by ${floor}`, 'x', runs.cpuBy('ninelives', floor)),
    ),
  ];
}
