/**
 * What two nodes and their clients go through while the server that they share is killed and comes back, told as plain facts. With
 * frames under way in both directions, local ones and remote ones. Judges nothing.
 */

import { setTimeout as delay } from 'node:timers/promises';
import type { NatsServer } from './nats-server.ts';
import type { WorkerTold } from './nats-worker.ts';
import type { Worker } from './worker.ts';
import { type Tally, claimAll, keysNamed, tally } from './workers.ts';

export interface Outage {
  /** Remote frames that were being worked on when the server was killed; half of the answers fall into the outage. */
  readonly underWay: Tally;
  /** What a node was asked while the server was away, for keys of its own. */
  readonly local: Tally;
  /** And for keys of the other node. */
  readonly remote: Tally;
  /** What all keys were asked afterwards, each at the node that does not have it. */
  readonly afterwards: Tally;
  /** Keys that another node works for now, or that did not count each of their frames once. */
  readonly moved: readonly string[];
  /** From the server's return to the first remote frame that was answered. */
  readonly firstAnswerMs: number;
  readonly longestMs: number;
}

export interface LongOutage {
  readonly underWay: Tally;
  /** From the end of the server to the end of the last request. */
  readonly longestMs: number;
  readonly phases: readonly string[];
  /** What a node that comes afterwards is told: of sessions, with their counts, and of processes. */
  readonly recovered: readonly WorkerTold[];
  readonly gone: readonly WorkerTold[];
}

const keysEach = 20;
const holdMs = 20_000;
/** More than a server takes to be there again, also where processors are scarce. */
const returnMs = 1500;

/** Two nodes with keys of both kinds, each known to the other. */
export class Pair {
  readonly #server: NatsServer;
  readonly #nodes: readonly [a: Worker, b: Worker];
  readonly #keys: ReadonlyMap<string, Worker>;
  readonly #counts = new Map<string, number>();

  private constructor(server: NatsServer, nodes: readonly [Worker, Worker], keys: ReadonlyMap<string, Worker>) {
    this.#server = server;
    this.#nodes = nodes;
    this.#keys = keys;
  }

  static async of(server: NatsServer, a: Worker, b: Worker): Promise<Pair> {
    const keys = new Map<string, Worker>();
    for (const owner of [a, b]) {
      const own = ['s', 'p'].flatMap((kind) => keysNamed(`${kind}-${owner.name}`, keysEach / 2));
      await claimAll(owner, own);
      for (const key of own) keys.set(key, owner);
    }
    const pair = new Pair(server, [a, b], keys);
    await pair.#askAll();
    return pair;
  }

  /** @param downMs that nodes live through. */
  async outage(downMs: number): Promise<Outage> {
    const begun = this.#begun();
    // A process answers while the server is away; what a session says is saved first, and so comes when it is back.
    const underWay = this.#sendAll((key) => (key.startsWith('p') ? downMs / 4 : downMs + returnMs));
    await begun;
    const isNoticed = Promise.all(this.#nodes.map(async (node) => node.hears('down')));
    const isBack = Promise.all(this.#nodes.map(async (node) => node.hears('up')));
    await this.#server.kill();
    await isNoticed;
    const isOver = delay(downMs);
    const keys = [...this.#keys].filter(([key]) => key.startsWith('p'));
    const local = await Promise.all(keys.map(async ([key, owner]) => this.#count(key, owner.send(key))));
    const remote = await Promise.all(keys.map(async ([key, owner]) => this.#other(owner).send(key)));
    await isOver;
    const backAt = performance.now();
    await this.#server.begin();
    let firstAnswerMs = 0;
    const first = async (): Promise<void> => {
      const [key, owner] = keys[0]!;
      await this.#count(key, this.#other(owner).send(key, { holdMs }));
      firstAnswerMs = performance.now() - backAt;
    };
    await Promise.all([first(), isBack]);
    const { told, longestMs } = await underWay;
    const afterwards = await this.#askAll();
    return {
      underWay: tally(told),
      local: tally(local),
      remote: tally(remote),
      afterwards: tally(afterwards.told),
      moved: afterwards.moved,
      firstAnswerMs,
      longestMs,
    };
  }

  /** @param begin another node, when the server is there again. */
  async longOutage(downMs: number, begin: () => Promise<Worker>): Promise<LongOutage> {
    const begun = this.#begun();
    const underWay = this.#sendAll(() => 10 * downMs);
    await begun;
    const killedAt = performance.now();
    const isOver = delay(downMs);
    await this.#server.kill();
    const { told } = await underWay;
    const longestMs = performance.now() - killedAt;
    await isOver;
    const phases = await Promise.all(this.#nodes.map(async (node) => (await node.ask({ do: 'phase' })).text));
    await this.#server.begin();
    const next = await begin();
    const ask = async (kind: string): Promise<readonly WorkerTold[]> =>
      Promise.all(
        [...this.#keys.keys()].filter((key) => key.startsWith(kind)).map(async (key) => next.send(key, { holdMs })),
      );
    return { underWay: tally(told), longestMs, phases, recovered: await ask('s'), gone: await ask('p') };
  }

  /** How often each session has answered, in the order in which a node that comes afterwards is told of them. */
  get sessionCounts(): readonly number[] {
    return [...this.#keys.keys()].filter((key) => key.startsWith('s')).map((key) => this.#counts.get(key) ?? 0);
  }

  #other(owner: Worker): Worker {
    const [a, b] = this.#nodes;
    return owner === a ? b : a;
  }

  async #count(key: string, answer: Promise<WorkerTold>): Promise<WorkerTold> {
    const told = await answer;
    if (told.ok) this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    return told;
  }

  /** Until both nodes have begun with a frame for each of their keys. */
  async #begun(): Promise<void> {
    await Promise.all(this.#nodes.map(async (node) => node.executed(node.executions.length + keysEach)));
  }

  async #sendAll(
    takesMs: (key: string) => number,
  ): Promise<{ readonly told: readonly WorkerTold[]; readonly longestMs: number }> {
    let longestMs = 0;
    const told = await Promise.all(
      [...this.#keys].map(async ([key, owner]) => {
        const sentAt = performance.now();
        const asked = { takesMs: takesMs(key), deadlineMs: 120_000 };
        const answer = await this.#count(key, this.#other(owner).send(key, asked));
        longestMs = Math.max(longestMs, performance.now() - sentAt);
        return answer;
      }),
    );
    return { told, longestMs };
  }

  async #askAll(): Promise<{ readonly told: readonly WorkerTold[]; readonly moved: readonly string[] }> {
    const before = new Map(this.#nodes.map((node) => [node, node.executions.length]));
    const moved: string[] = [];
    const told = await Promise.all(
      [...this.#keys].map(async ([key, owner]) => {
        const answer = await this.#count(key, this.#other(owner).send(key, { holdMs }));
        if (answer.ok && Number(answer.text) !== this.#counts.get(key)) moved.push(key);
        return answer;
      }),
    );
    for (const [node, known] of before) {
      for (const { key } of node.executions.slice(known)) if (this.#keys.get(key) !== node) moved.push(key);
    }
    return { told, moved };
  }
}
