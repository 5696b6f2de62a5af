/**
 * Nodes in processes and the server that they share, with somebody who starts another node for each that ends, and what may befall
 * them. Knows which nodes a balancer would still ask.
 */

import { setTimeout as delay } from 'node:timers/promises';
import type { ClusterTimes } from '../../src/cluster/settings.ts';
import { NatsServer } from './nats-server.ts';
import { Worker } from './worker.ts';

/** A node that stands still is asked for so long, until the balancer's checks of it have failed. */
const noticedMs = 1000;
/** Between the end of a process and the next one in its place. */
const restartMs = 500;
const graceMs = 3000;

export class Fleet {
  readonly #times: Partial<ClusterTimes>;
  readonly #server: NatsServer;
  readonly #all: Worker[] = [];
  readonly #asked = new Set<Worker>();
  /** Nodes are not started while the server is away, nor is it taken away while one starts. */
  #turn: Promise<unknown> = Promise.resolve();
  readonly #replaced = new Set<Worker>();
  readonly #replacements = new Set<Promise<void>>();
  #fenced = 0;

  private constructor(server: NatsServer, times: Partial<ClusterTimes>) {
    this.#server = server;
    this.#times = times;
  }

  static async of(count: number, times: Partial<ClusterTimes>): Promise<Fleet> {
    const fleet = new Fleet(await NatsServer.start(), times);
    for (let index = 0; index < count; index += 1) await fleet.#begin();
    return fleet;
  }

  /** Nodes that the balancer knows of no reason not to ask. */
  get asked(): readonly Worker[] {
    return [...this.#asked];
  }

  /** How many nodes stopped by themselves. */
  get fenced(): number {
    return this.#fenced;
  }

  /** One more process ends at once. */
  kill(node: Worker): void {
    node.signal('SIGKILL');
    this.#replace(node);
  }

  /** Its process stands still, and goes on: by then it may have been taken over. */
  async stop(node: Worker, ms: number): Promise<void> {
    node.signal('SIGSTOP');
    const isOut = delay(Math.min(noticedMs, ms)).then(() => void this.#asked.delete(node));
    await delay(ms);
    await isOut;
    node.signal('SIGCONT');
    if ((await node.ask({ do: 'phase' })).text === 'up') this.#asked.add(node);
  }

  /** It is asked to go. */
  async drain(node: Worker): Promise<void> {
    this.#asked.delete(node);
    await node.ask({ do: 'drain', graceMs });
    this.#replace(node);
  }

  /** The server is killed, and is there again after so long. */
  async restartBroker(downMs: number): Promise<void> {
    await this.#inTurn(async () => {
      await this.#server.kill();
      await delay(downMs);
      await this.#server.begin();
    });
  }

  /** Whoever is to come has come. */
  async whole(): Promise<void> {
    while (this.#replacements.size > 0) await Promise.all(this.#replacements);
  }

  async end(): Promise<void> {
    await this.whole();
    await Promise.all(this.#all.map(async (worker) => worker.end()));
    await this.#server.stop();
  }

  async #begin(): Promise<void> {
    const name = `n${this.#all.length}`;
    const setup = { node: name, url: this.#server.url, times: this.#times, pendingTotal: 1000 };
    const node = await this.#inTurn(async () => Worker.start(setup));
    this.#all.push(node);
    this.#asked.add(node);
    // As the command does: a node that may not act ends, and is started anew.
    void node.hears('fenced').then(() => {
      this.#fenced += 1;
      this.#replace(node);
    });
  }

  #replace(node: Worker): void {
    this.#asked.delete(node);
    if (this.#replaced.has(node)) return;
    this.#replaced.add(node);
    const replacement = delay(restartMs)
      .then(async () => node.end())
      .then(async () => this.#begin())
      .finally(() => this.#replacements.delete(replacement));
    this.#replacements.add(replacement);
  }

  async #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(act);
    this.#turn = turn.catch(() => {});
    return turn;
  }
}
