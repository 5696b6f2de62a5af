/** What a hop costs when the messages are long: the bytes should cost, and nothing beside them. */

import { contentOf, sourceText } from './exchange.ts';
import type { Load } from './load.ts';
import { type Bench, type Measure, perRound } from './measure.ts';
import { type Way, Ways } from './ways.ts';

const ways: readonly Way[] = ['pipe', 'lines', 'scan', 'json', 'ninelives'];

const load = (bytes: number, calls: number): Load => ({
  tool: 'echo',
  args: contentOf(sourceText(bytes)),
  concurrency: 4,
  calls,
});
/** What is run in one turn. */
const sizes = [
  ['64 KB', load(65_536, 300)],
  ['1 MB', load(1_048_576, 20)],
] as const;
const turns = 5;

export const hopPayload: Bench = {
  name: 'hop-payload',
  title: 'Long messages',
  about: `A call whose argument is that much text, and the same text back, 4 calls at a time; the ways are those of the hop above. The
processor time is that of the proxy's process, for a call and its answer.`,

  async measure(options) {
    return Ways.opened({ ways }, async (opened) => {
      const measures: Measure[] = [];
      for (const [size, calls] of sizes) {
        await opened.warmUp(calls);
        const runs = await opened.run(options, calls, turns);
        measures.push(
          ...ways.map((way) => perRound(`${size}: processor time, ${way}`, 'us', runs.cpuMicros(way))),
          perRound(`${size}: ninelives, by scan`, 'x', runs.cpuBy('ninelives', 'scan'), { most: 1.4 }),
          perRound(`${size}: ninelives, by json`, 'x', runs.cpuBy('ninelives', 'json')),
          runs.leastCpu(`${size}: least processor time of a run`, ['scan', 'json', 'ninelives']),
        );
      }
      return measures;
    });
  },
};
