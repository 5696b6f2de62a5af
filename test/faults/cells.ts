/**
 * Runs faults, each on each of its ways. Those that leave everything as it was share a proxy, one after the other on each
 * way; the others have one of their own.
 */

import { within } from '../soak/within.ts';
import type { Fault } from './fault.ts';
import { Stage } from './stage.ts';
import type { Way } from './ways.ts';

export interface Cell {
  readonly verdict: string;
  /** What was not as it should be afterwards. */
  readonly problems: readonly string[];
}

/** Long enough for whatever happens on a busy machine, and far from any time limit of the proxy: what takes longer hangs. */
const patienceMs = 30_000;

/** The proxies that faults share: one for each way, opened when the first of them comes. */
export class Lanes {
  readonly #lanes = new Map<Way, Lane>();

  async run(fault: Fault, way: Way): Promise<Cell> {
    const { alone } = fault;
    if (alone === undefined || alone.on?.includes(way) === false) return this.#lane(way).run(fault);
    const stage = await Stage.open(way, alone);
    const cell = await ran(fault, stage);
    return isHung(cell) ? cell : { ...cell, problems: [...cell.problems, ...(await stage.close())] };
  }

  /** What is left by the faults that shared a proxy. */
  async close(): Promise<readonly string[]> {
    const problems = [...this.#lanes].map(async ([way, lane]) =>
      (await lane.close()).map((problem) => `${way}: ${problem}`),
    );
    return (await Promise.all(problems)).flat();
  }

  #lane(way: Way): Lane {
    const lane = this.#lanes.get(way) ?? new Lane(way);
    this.#lanes.set(way, lane);
    return lane;
  }
}

class Lane {
  readonly #way: Way;
  #stage: Promise<Stage> | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(way: Way) {
    this.#way = way;
  }

  async run(fault: Fault): Promise<Cell> {
    const cell = this.#last.then(async () => {
      const stage = await (this.#stage ??= Stage.open(this.#way));
      const ended = await ran(fault, stage);
      if (isHung(ended)) this.#stage = undefined;
      return ended;
    });
    this.#last = cell.catch(() => {});
    return cell;
  }

  async close(): Promise<readonly string[]> {
    await this.#last;
    return (await (await this.#stage)?.close()) ?? [];
  }
}

const hung = 'nothing happens';

const isHung = ({ verdict, problems }: Cell): boolean => verdict === hung || problems.includes(hung);

async function ran(fault: Fault, stage: Stage): Promise<Cell> {
  const run = fault.run(stage).catch((error: unknown) => `a defect: ${String(error)}`);
  const verdict = await within(run, patienceMs);
  if (verdict === 'too late') return { verdict: hung, problems: [] };
  const problems = await within(stage.aftermath(), patienceMs);
  return { verdict, problems: problems === 'too late' ? [hung] : problems };
}
