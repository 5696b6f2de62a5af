/** Whether a request over a socket costs the same in whatever crowd of sessions, and a session keeps the same. */

import { contentOf } from './exchange.ts';
import { FrontProcess, stopFronts, withVitals } from './front-process.ts';
import { HttpPool } from './http-connection.ts';
import { HttpSession } from './http-session.ts';
import { ninelivesOn } from './http-starts.ts';
import type { Caller, Load } from './load.ts';
import { type Bench, perRound, ratios, single } from './measure.ts';
import { echoServer } from './peer-process.ts';
import { Ways } from './ways.ts';

const sizes = [10, 100, 1000, 5000] as const;
const smallest = sizes[0];
const largest = sizes.at(-1)!;
/** From here on what the process keeps beside the sessions does not show. */
const sizeMin = 1000;
/** What the crowds are held to, from end to end. */
const flatMost = 1.3;
/** Sessions that are opened at the same time. */
const openers = 16;
/** Before anything is counted: code is compiled, and buffers have grown. */
const warmUpSessions = 500;
const load: Load = { tool: 'echo', args: contentOf('hello world'), concurrency: 32, calls: 500 };
const warmUp: Load = { ...load, calls: 8000 };
const turns = 10;

export const httpScale: Bench = {
  name: 'http-scale',
  title: 'From 10 sessions to 5000 over HTTP',
  about: `\`ninelives forward http --share shared\` in front of one child process, once for each number of sessions, all of which have shaken
hands and are used in turn: 32 calls at a time over 32 connections, so that the next call finds its session out of the
processor's caches. *Kept* is the heap after a collection, for each session, beside a process whose code is compiled already.
Ratios are taken within a round.`,

  async measure(options) {
    try {
      const crowds = new Map<string, Crowd>();
      for (const size of sizes) {
        options.say(`opening ${size} sessions`);
        crowds.set(nameOf(size), await Crowd.opened(size));
      }
      const ways = new Ways(crowds, []);
      await ways.warmUp(warmUp);
      const runs = await ways.run(options, load, turns);
      const keptOf = (size: number): number => crowds.get(nameOf(size))!.keptEach;
      return [
        ...sizes.map((size) =>
          perRound(`${nameOf(size)}: processor time of a request`, 'us', runs.cpuMicros(nameOf(size))),
        ),
        perRound(
          `a request among ${largest}, by among ${smallest}`,
          'x',
          ratios(runs.cpuMicros(nameOf(largest)), runs.cpuMicros(nameOf(smallest))),
          { most: flatMost },
        ),
        ...sizes
          .filter((size) => size >= sizeMin)
          .map((size) => single(`${nameOf(size)}: kept by an idle one`, 'B', keptOf(size))),
        single(`kept among ${largest}, by among ${sizeMin}`, 'x', keptOf(largest) / keptOf(sizeMin), {
          most: flatMost,
        }),
        runs.leastCpu(
          'least processor time of a run',
          sizes.map((size) => nameOf(size)),
        ),
      ];
    } finally {
      await stopFronts();
    }
  },
};

function nameOf(size: number): string {
  return `${size} sessions`;
}

/** Sessions of one front, asked in turn. */
class Crowd implements Caller {
  readonly #front: FrontProcess;
  readonly #pool: HttpPool;
  #sessions: readonly HttpSession[] = [];
  #next = 0;
  #keptEach = 0;

  private constructor(front: FrontProcess) {
    this.#front = front;
    this.#pool = new HttpPool(new URL(front.url));
  }

  static async opened(size: number): Promise<Crowd> {
    const flags = ['--share', 'shared', '--sessions-max', String(4 * largest), '--log-level', 'warn'];
    const crowd = new Crowd(
      await FrontProcess.started(
        (port) => ninelivesOn('http-stdio', { port, server: echoServer, upstream: '', folder: '' }, flags),
        { nodeFlags: withVitals },
      ),
    );
    for (const session of await crowd.#open(warmUpSessions)) await session.delete();
    const { heapBytes } = await crowd.#front.vitals();
    crowd.#sessions = await crowd.#open(size);
    crowd.#keptEach = ((await crowd.#front.vitals()).heapBytes - heapBytes) / size;
    return crowd;
  }

  /** Bytes. */
  get keptEach(): number {
    return this.#keptEach;
  }

  get pid(): number {
    return this.#front.pid;
  }

  async ask(line: string, answer: string): Promise<void> {
    const session = this.#sessions[this.#next]!;
    this.#next = (this.#next + 1) % this.#sessions.length;
    await session.ask(line, answer);
  }

  async ready(concurrency: number): Promise<void> {
    await this.#sessions[0]!.ready(concurrency);
  }

  async stop(): Promise<void> {
    this.#pool.reset();
    await this.#front.stop();
  }

  async #open(count: number): Promise<readonly HttpSession[]> {
    const sessions = Array.from({ length: count }, () => new HttpSession(this.#front.place, this.#pool));
    const waiting = [...sessions];
    const openOneAfterAnother = async (): Promise<void> => {
      for (let session = waiting.pop(); session !== undefined; session = waiting.pop()) await session.initialize();
    };
    await Promise.all(Array.from({ length: openers }, openOneAfterAnother));
    return sessions;
  }
}
