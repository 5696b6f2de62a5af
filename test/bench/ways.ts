/**
 * The ways from a client to the echo server that hops are compared on: directly, through the floors, through ninelives, and
 * through the peers that are installed. Starts those over standard streams once, runs the same load on all of whichever ways
 * in rounds, and ends them.
 */

import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Caller, type Load, type Run, joined, run } from './load.ts';
import { type BenchOptions, type Measure, inRounds, ratios, single } from './measure.ts';
import { PeerProcess, echoServer, floorProxy, ninelives, stopAll } from './peer-process.ts';
import { installedPeers } from './peers.ts';

export type Way = 'direct' | 'pipe' | 'lines' | 'scan' | 'json' | 'ninelives';

/** Below this a run's processor time says little: what happened beside the work would be a part of it. */
const cpuMsMin = 100;

export interface Plan {
  readonly ways: readonly Way[];
  readonly withPeers?: boolean;
}

export class Ways<Opened extends Caller = PeerProcess> {
  readonly #callers: ReadonlyMap<string, Opened>;
  /** Of other projects' proxies, those that run here. */
  readonly peerNames: readonly string[];

  /** @param callers that have shaken hands, by the name of their way. */
  constructor(callers: ReadonlyMap<string, Opened>, peerNames: readonly string[]) {
    this.#callers = callers;
    this.peerNames = peerNames;
  }

  /** Runs `act` on ways that have shaken hands, and leaves no process behind. */
  static async opened<T>({ ways, withPeers = false }: Plan, act: (ways: Ways) => Promise<T>): Promise<T> {
    const installed = withPeers ? installedPeers() : [];
    const folder = mkdtempSync(join(tmpdir(), 'ninelives-bench-'));
    try {
      const started = new Map<string, PeerProcess>(ways.map((way) => [way, new PeerProcess(commandOf(way))]));
      for (const { name, command, log } of installed) {
        symlinkSync(devNull, join(folder, log));
        started.set(name, new PeerProcess([...command, ...echoServer], { cwd: folder }));
      }
      for (const peer of started.values()) await peer.initialize();
      const peerNames = installed.map(({ name }) => name);
      return await act(new Ways(started, peerNames));
    } finally {
      await stopAll();
      rmSync(folder, { recursive: true });
    }
  }

  /** Puts the load through each way once, so that code is compiled and buffers have grown. */
  async warmUp(load: Load): Promise<void> {
    for (const caller of this.#callers.values()) await run(caller, load);
  }

  /**
   * One run for each way and round. A round is dealt in `turns`: the ways take them one after another, and a burst of the
   * machine's other work falls on all of them.
   */
  async run({ rounds, say }: BenchOptions, load: Load, turns = 1): Promise<Runs> {
    const variants = Object.fromEntries([...this.#callers].map(([name, caller]) => [name, () => run(caller, load)]));
    const dealt = await inRounds({ rounds: rounds * turns, say }, variants);
    return new Runs(
      new Map(
        Object.entries(dealt).map(([name, runs]) => [
          name,
          Array.from({ length: rounds }, (_, round) => joined(runs.slice(round * turns, (round + 1) * turns))),
        ]),
      ),
    );
  }

  /** The same ways without some of them. */
  without(names: readonly string[]): Ways<Opened> {
    const kept = [...this.#callers].filter(([name]) => !names.includes(name));
    return new Ways(
      new Map(kept),
      this.peerNames.filter((name) => !names.includes(name)),
    );
  }

  get(way: string): Opened {
    return this.#callers.get(way)!;
  }
}

/** What each way gave, round by round. */
export class Runs {
  readonly #byWay: ReadonlyMap<string, readonly Run[]>;

  constructor(byWay: ReadonlyMap<string, readonly Run[]>) {
    this.#byWay = byWay;
  }

  of(way: string): readonly Run[] {
    const runs = this.#byWay.get(way);
    if (runs === undefined) throw new Error(`'${way}' was not run`);
    return runs;
  }

  each(way: string, value: (one: Run) => number): readonly number[] {
    return this.of(way).map((one) => value(one));
  }

  /** Microseconds of processor time, of the proxy alone, for each of `parts` parts of a call. */
  cpuMicros(way: string, parts = 1): readonly number[] {
    return this.each(way, ({ cpuMs, calls }) => (cpuMs * 1000) / (calls * parts));
  }

  cpuBy(way: string, floor: string): readonly number[] {
    return ratios(this.cpuMicros(way), this.cpuMicros(floor));
  }

  perSecond(way: string): readonly number[] {
    return this.each(way, ({ calls, elapsedMs }) => calls / (elapsedMs / 1000));
  }

  /** Whether every run of these ways was long enough for its processor time to mean something. */
  leastCpu(name: string, ways: readonly string[]): Measure {
    const least = Math.min(...ways.flatMap((way) => this.each(way, ({ cpuMs }) => cpuMs)));
    return single(name, 'ms', least, { least: cpuMsMin });
  }
}

function commandOf(way: Way): readonly string[] {
  if (way === 'direct') return echoServer;
  return way === 'ninelives' ? ninelives(echoServer) : floorProxy(way);
}
