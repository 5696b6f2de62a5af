/** The nodes of a simulated cluster, each on a machine of its own, and the clients that ask them. */

import { ClusterNode } from '../../../src/cluster/node.ts';
import type { ClusterTimes } from '../../../src/cluster/settings.ts';
import { defaultClusterLimits } from '../../../src/cluster/settings.ts';
import { decodeText, encodeText } from '../../../src/protocol/text.ts';
import { silentLog } from '../../../src/runtime/silent-log.ts';
import { Broker } from './broker.ts';
import { Machine } from './machine.ts';
import { Oracle } from './oracle.ts';
import { isProcess, partsOf, sessionsOn } from './sessions.ts';
import type { World } from './world.ts';
import { Counter } from '../counter.ts';

/** How a cluster is made worse than it is, to see that somebody notices. */
export interface Conditions {
  readonly times: ClusterTimes;
  /** How much clocks go too fast or too slow. */
  readonly driftRatio: number;
  /** So much of what it had acknowledged is gone when the engine comes back. */
  readonly lostMs: number;
  /** Whether nodes ask before they act, or a timer looks after them. */
  readonly guard: 'each time' | 'timer';
}

export interface Member {
  readonly machine: Machine;
  readonly node: ClusterNode;
  readonly counter: Counter;
  isUp: boolean;
  isLeaving: boolean;
  underWay: number;
}

/** Some runs meet the limit all the time, some only while frames wait, some never. */
const pendingTotals = [16, 60, 300] as const;
/** By the clock of the machine that asks. */
export const frameDeadlineMs = 8000;
const keys = ['s0', 's1', 's2', 's3', 's4', 's5', 'p0', 'p1'] as const;

export class Cluster {
  readonly oracle: Oracle;
  readonly broker: Broker;
  readonly members: Member[] = [];
  readonly #world: World;
  readonly #conditions: Conditions;
  readonly #pendingTotal: number;
  #frames = 0;

  constructor(world: World, conditions: Conditions) {
    this.#pendingTotal = world.chance.pick(pendingTotals);
    this.#world = world;
    this.#conditions = conditions;
    this.oracle = new Oracle(world);
    this.broker = new Broker(world);
  }

  join(): Member {
    const { driftRatio, times, guard } = this.#conditions;
    // Each clock is as wrong as it may be, one way or the other.
    const rate = this.#world.chance.pick([1 - driftRatio, 1 + driftRatio]);
    const machine = new Machine(`n${this.members.length}`, this.#world, rate);
    const counter = new Counter();
    const node = new ClusterNode({
      node: machine.name,
      engine: this.broker.engineOf(machine),
      clock: machine.clock,
      random: () => this.#world.chance.next(),
      log: silentLog,
      settings: { times, limits: defaultClusterLimits },
      host: sessionsOn(machine, this.#world, this.oracle),
      pendingTotal: this.#pendingTotal,
      counted: counter,
    });
    const member: Member = { machine, node, counter, isUp: false, isLeaving: false, underWay: 0 };
    this.members.push(member);
    if (guard === 'timer') this.#guardByTimer(member);
    node.start().then(
      () => (member.isUp = true),
      () => (machine.isDead = true),
    );
    this.#world.after(300, () => this.#client(member));
    return member;
  }

  /** Another takes its place a little later, as a supervisor of processes would see to. */
  replace(lowMs: number, highMs: number): void {
    this.#world.after(this.#world.between(lowMs, highMs), () => this.join());
  }

  /** Asks again and again, as long as the machine is there. */
  #client(member: Member): void {
    if (member.machine.isDead) return;
    member.machine.run(() => void this.#ask(member));
    this.#world.after(this.#world.between(30, 200), () => this.#client(member));
  }

  async #ask({ machine, node, counter }: Member): Promise<void> {
    const { oracle } = this;
    const member = this.members.find((other) => other.node === node)!;
    if (!(await counter.acquire(node))) return;
    member.underWay += 1;
    oracle.underWay(this.#underWay(), this.#pendingTotal);
    const key = this.#world.chance.pick(keys);
    const frame = `f${this.#frames}`;
    this.#frames += 1;
    oracle.frameAsked(frame, machine.name, key);
    const isSlow = this.#world.chance.happens(0.3);
    if ((await node.directory.locate(key).catch(() => 'unknown')) === undefined) await node.directory.claim(key);
    const result = await node.router.send(key, encodeText(frame), {
      deadlineMs: frameDeadlineMs,
      holdMs: frameDeadlineMs,
      onPart: (part) => {
        oracle.partTold(frame, decodeText(part));
        return isSlow ? machine.wait(this.#world.between(0, 40)) : undefined;
      },
    });
    const state = result.ok && !isProcess(key) ? decodeText(result.bytes) : undefined;
    oracle.frameTold(frame, result, partsOf(frame), state);
    counter.release();
    member.underWay -= 1;
  }

  /** Of all who may act. */
  #underWay(): number {
    const { selfMs } = this.#conditions.times;
    return this.members
      .filter(({ machine, node }) => {
        const isOpen = node.lease.phase === 'up' || node.lease.phase === 'draining';
        return isOpen && !machine.isDead && !machine.isPaused && node.lease.ageMs < selfMs;
      })
      .reduce((sum, { underWay }) => sum + underWay, 0);
  }

  #guardByTimer({ machine, node }: Member): void {
    const ask = node.lease.isAlive.bind(node.lease);
    Object.assign(node.lease, { isAlive: () => node.lease.phase === 'up' || node.lease.phase === 'draining' });
    const look = (): void => {
      ask();
      machine.later(100, look);
    };
    look();
  }
}
