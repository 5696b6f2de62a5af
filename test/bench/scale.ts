/** Whether a session costs the same in whatever crowd: what it keeps when it is idle, and what a frame of it takes. */

import type { Runtime, RuntimeSession } from '../../src/index.ts';
import { pairs, passBytes } from './acts.ts';
import { benchRuntime, call, callResult, openServing } from './in-memory.ts';
import { type Bench, bytesKept, cpuMicrosOf, inRounds, perRound, ratios, single } from './measure.ts';

const sizes = [10, 100, 1000, 10_000, 50_000] as const;
/** From here on what the process keeps beside the sessions does not show. */
const sizeMin = 1000;
const actsPerRound = 20;
const warmUpActs = 20;

export const scale: Bench = {
  name: 'scale',
  title: 'From 10 sessions to 50 000',
  about: `Each session has shaken hands and answered one call; its peers are functions that keep nothing. *Kept* is the heap after a
collection, for each session. Then calls and their results go to the sessions in turn, so that each is long out of the
processor's caches when it is next; a *frame* is one call or one result, from bytes in to bytes out.`,

  async measure(options) {
    const crowds = sizes.map((size) => new Crowd(size));
    const [smallest] = crowds;
    const largest = crowds.at(-1)!;
    const acts = crowds.map(({ size, sessions }) => [`${size}`, passBytes(sessions)] as const);
    for (const [, act] of acts) cpuMicrosOf(act, warmUpActs);
    const micros = await inRounds(
      options,
      Object.fromEntries(acts.map(([name, act]) => [name, () => cpuMicrosOf(act, actsPerRound) / (2 * pairs)])),
    );
    const frameOf = ({ size }: Crowd): readonly number[] => micros[`${size}`]!;
    const measures = [
      ...crowds
        .filter(({ size }) => size >= sizeMin)
        .map(({ size, keptEach }) => single(`${size} sessions: kept by an idle one`, 'B', keptEach, { most: 3072 })),
      ...crowds.map((crowd) => perRound(`${crowd.size} sessions: processor time of a frame`, 'us', frameOf(crowd))),
      perRound(
        `a frame among ${largest.size}, by among ${smallest!.size}`,
        'x',
        ratios(frameOf(largest), frameOf(smallest!)),
      ),
    ];
    for (const { runtime } of crowds) await runtime.stop();
    return measures;
  },
};

class Crowd {
  readonly size: number;
  readonly runtime: Runtime = benchRuntime();
  readonly sessions: readonly RuntimeSession[];
  readonly keptEach: number;

  constructor(size: number) {
    this.size = size;
    const before = bytesKept();
    this.sessions = Array.from({ length: size }, () => openIdle(this.runtime));
    this.keptEach = (bytesKept() - before) / size;
  }
}

/** Opens a session that has served a call. */
export function openIdle(runtime: Runtime): RuntimeSession {
  const session = openServing(runtime);
  session.client.receive(call(1));
  session.server.receive(callResult(1));
  return session;
}
