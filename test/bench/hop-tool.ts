/** What somebody who calls a tool that takes its time notices of the hop. */

import { delayMs } from './exchange.ts';
import type { Load } from './load.ts';
import { type Bench, perRound } from './measure.ts';
import { quantile } from './statistics.ts';
import { type Way, Ways } from './ways.ts';

const ways: readonly Way[] = ['direct', 'lines', 'ninelives'];
const warmUp: Load = { tool: 'echo', args: '{}', concurrency: 4, calls: 5000 };
/** One call after another, dealt in turns: a bad second of the machine falls on all ways. */
const calls: Load = { tool: 'delay', args: '{}', concurrency: 1, calls: 10 };
const turns = 10;

export const hopTool: Bench = {
  name: 'hop-tool',
  title: `A tool that takes ${delayMs} ms`,
  about: `One call after another of a tool that answers after ${delayMs} ms. *Added* is the p95 of ${calls.calls * turns} calls less that of the direct way
in the same round, in parts of the latter; the timer of the server is the largest part of the noise.`,

  async measure(options) {
    return Ways.opened({ ways }, async (opened) => {
      await opened.warmUp(warmUp);
      const runs = await opened.run(options, calls, turns);
      const p95 = (way: Way): readonly number[] => runs.each(way, ({ micros }) => quantile(micros, 0.95) / 1000);
      const direct = p95('direct');
      const added = (way: Way): readonly number[] =>
        p95(way).map((value, round) => ((value - direct[round]!) / direct[round]!) * 100);
      return [
        perRound('p95, direct', 'ms', direct),
        perRound('p95, ninelives', 'ms', p95('ninelives')),
        perRound('p95 added by lines', '%', added('lines')),
        perRound('p95 added by ninelives', '%', added('ninelives'), { most: 1 }),
      ];
    });
  },
};
