/** What the benches of hops with HTTP in them have in common: loads, rows, and how they are compared. */

import { contentOf, sourceText } from './exchange.ts';
import { type HttpPeer, installedHttpPeers } from './http-peers.ts';
import { type HttpPath, floors } from './http-starts.ts';
import { directWay, openedHttpWays } from './http-ways.ts';
import type { Caller, Load } from './load.ts';
import { type BenchOptions, type Measure, perRound, ratios, single } from './measure.ts';
import { residentBytesOf } from './process-vitals.ts';
import { median, quantile } from './statistics.ts';
import type { Runs, Ways } from './ways.ts';

export interface HttpHop {
  readonly path: HttpPath;
  /** The most that the processor time of ninelives may be, by that of the floor `parse`. */
  readonly byParseMost: number;
  /** How many times a peer's processor time is to be that of ninelives, at least. */
  readonly peersLeast: number;
  /** The floor that long messages are compared with, and the most that ninelives may be of it. */
  readonly long?: { readonly floor: string; readonly most: number };
}

const ours = 'ninelives';
const small = { tool: 'echo', args: contentOf('hello world') } as const;
const warmUp: Load = { ...small, concurrency: 32, calls: 8000 };
/** What is run in one turn. */
const alone: Load = { ...small, concurrency: 1, calls: 40 };
const together: Load = { ...small, concurrency: 32, calls: 500 };
const crowded: Load = { ...together, concurrency: 256, calls: 1000 };
const turns = 10;

interface Size {
  readonly name: string;
  readonly bytes: number;
  readonly concurrency: number;
  /** In one turn. */
  readonly calls: number;
  readonly turns: number;
}
const kibibyte = 1024;
const sizes: readonly Size[] = [
  { name: '2 KB', bytes: 2 * kibibyte, concurrency: 32, calls: 500, turns: 8 },
  { name: '64 KB', bytes: 64 * kibibyte, concurrency: 32, calls: 150, turns: 5 },
  { name: '1 MB', bytes: 1024 * kibibyte, concurrency: 4, calls: 15, turns: 4 },
];

/** What every one of these benches says of itself. */
export const aboutHttpHops = `The text is 11 bytes, and every answer is compared: byte for byte, or by what it means where a proxy writes
it anew. One session; one request at a time, 32, and 256 at a time. *Added* is the p50 less the p50 of the direct way in the same round.
The processor time is that of the proxy's process alone. The floors are some sixty lines on \`node:http\` each, without limits,
times, checks or errors.`;

export async function measureHttpHop(options: BenchOptions, hop: HttpHop): Promise<readonly Measure[]> {
  return openedHttpWays(hop.path, async (ways) => {
    const rows = new Rows(hop, ways);
    options.say('warming up');
    await ways.warmUp(warmUp);
    const measures = [
      ...rows.alone(await ways.run(options, alone, turns)),
      ...rows.together(await ways.run(options, together, turns)),
      ...rows.crowded(await ways.run(options, crowded, turns)),
    ];
    for (const size of sizes) measures.push(...(await rows.long(options, size)));
    return [...measures, ...rows.memory()];
  });
}

class Rows {
  readonly #hop: HttpHop;
  readonly #ways: Ways<Caller>;
  readonly #floors: readonly string[];
  readonly #peers: readonly HttpPeer[];

  constructor(hop: HttpHop, ways: Ways<Caller>) {
    this.#hop = hop;
    this.#ways = ways;
    this.#floors = Object.keys(floors[hop.path]);
    this.#peers = installedHttpPeers(hop.path);
  }

  alone(runs: Runs): readonly Measure[] {
    const p50 = (way: string): readonly number[] => runs.each(way, ({ micros }) => median(micros));
    const direct = p50(directWay);
    const added = (way: string): readonly number[] => p50(way).map((value, round) => value - direct[round]!);
    const p99 = runs.each(ours, ({ micros }) => quantile(micros, 0.99));
    return [
      perRound('1 at a time: p50, direct', 'us', direct),
      ...this.#proxies.map((way) => perRound(`1 at a time: p50 added by ${way}`, 'us', added(way))),
      perRound('1 at a time: added by ninelives, by parse', 'x', ratios(added(ours), added('parse')), { most: 1.3 }),
      perRound('1 at a time: p99, ninelives', 'us', p99),
      ...this.#proxies.map((way) => perRound(`1 at a time: processor time, ${way}`, 'us', runs.cpuMicros(way))),
    ];
  }

  together(runs: Runs): readonly Measure[] {
    const { byParseMost, peersLeast } = this.#hop;
    const each = '32 at a time';
    return [
      perRound(`${each}: requests, direct`, '1/s', runs.perSecond(directWay)),
      ...this.#proxies.map((way) => perRound(`${each}: requests, ${way}`, '1/s', runs.perSecond(way))),
      ...this.#proxies.map((way) => perRound(`${each}: processor time, ${way}`, 'us', runs.cpuMicros(way))),
      ...this.#floors.map((floor) =>
        perRound(
          `${each}: processor time of ninelives, by ${floor}`,
          'x',
          runs.cpuBy(ours, floor),
          floor === 'parse' ? { most: byParseMost } : undefined,
        ),
      ),
      ...this.#peers.map(({ name }) =>
        perRound(`${each}: processor time of ${name}, by ninelives`, 'x', runs.cpuBy(name, ours), {
          least: peersLeast,
        }),
      ),
      runs.leastCpu(`${each}: least processor time of a run`, [...this.#floors, ours]),
    ];
  }

  crowded(runs: Runs): readonly Measure[] {
    const each = '256 at a time';
    return [
      ...this.#proxies.map((way) => perRound(`${each}: processor time, ${way}`, 'us', runs.cpuMicros(way))),
      ...this.#floors.map((floor) =>
        perRound(`${each}: processor time of ninelives, by ${floor}`, 'x', runs.cpuBy(ours, floor)),
      ),
      ...this.#peers.map(({ name }) =>
        perRound(`${each}: processor time of ${name}, by ninelives`, 'x', runs.cpuBy(name, ours)),
      ),
    ];
  }

  async long(
    options: BenchOptions,
    { name, bytes, concurrency, calls, turns: dealt }: Size,
  ): Promise<readonly Measure[]> {
    const load: Load = { tool: 'echo', args: contentOf(sourceText(bytes)), concurrency, calls };
    const tooLong = this.#peers.filter(({ bytesMax }) => bytesMax < load.args.length).map((peer) => peer.name);
    const ways = this.#ways.without(tooLong);
    options.say(`warming up with ${name}`);
    await ways.warmUp(load);
    const runs = await ways.run(options, load, dealt);
    const peers = this.#peers.filter((peer) => !tooLong.includes(peer.name));
    const { long } = this.#hop;
    return [
      ...[...this.#floors, ours, ...peers.map((peer) => peer.name)].map((way) =>
        perRound(`${name}: processor time, ${way}`, 'us', runs.cpuMicros(way)),
      ),
      ...this.#floors.map((floor) =>
        perRound(
          `${name}: ninelives, by ${floor}`,
          'x',
          runs.cpuBy(ours, floor),
          floor === long?.floor && bytes >= 64 * kibibyte ? { most: long.most } : undefined,
        ),
      ),
      ...peers.map((peer) => perRound(`${name}: ${peer.name}, by ninelives`, 'x', runs.cpuBy(peer.name, ours))),
      runs.leastCpu(`${name}: least processor time of a run`, [...this.#floors, ours]),
    ];
  }

  /** What each process holds after all of that. */
  memory(): readonly Measure[] {
    return this.#proxies.map((way) =>
      single(`resident memory at the end, ${way}`, 'MiB', residentBytesOf(this.#ways.get(way).pid) / kibibyte ** 2),
    );
  }

  get #proxies(): readonly string[] {
    return [...this.#floors, ours, ...this.#peers.map(({ name }) => name)];
  }
}
