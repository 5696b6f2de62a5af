/** What goes wrong in a run: one thing after another, chosen by the seed. */

import type { Cluster, Member } from './cluster.ts';
import type { World } from './world.ts';

const faults = { kill: 24, pause: 26, cut: 26, drain: 10, outage: 14 } as const;

type Fault = keyof typeof faults;

export interface FaultOptions {
  /** Then nothing more goes wrong, so that what is under way can come to its end. */
  readonly untilMs: number;
  readonly lostMs: number;
}

export function troubleFor(cluster: Cluster, world: World, options: FaultOptions): void {
  const next = (): void => {
    if (world.now > options.untilMs) return;
    const present = cluster.members.filter(({ machine, isUp, isLeaving }) => isUp && !isLeaving && !machine.isDead);
    const fault = world.chance.weighted<Fault>(faults);
    if (fault === 'outage') outage(cluster, world, options.lostMs);
    else if (present.length > 0) befall(fault, world.chance.pick(present), cluster, world);
    // A node that may not act any more ends, and its supervisor starts another.
    for (const member of cluster.members) if (isFenced(member)) bury(member, cluster, 100, 2000);
    world.after(world.between(300, 3000), next);
  };
  world.after(1000, next);
}

function befall(fault: Exclude<Fault, 'outage'>, member: Member, cluster: Cluster, world: World): void {
  const { machine, node } = member;
  world.note(`${fault} ${machine.name}`);
  switch (fault) {
    case 'kill':
      bury(member, cluster, 500, 4000);
      break;
    case 'pause':
      machine.pause();
      world.after(world.between(100, 12_000), () => machine.resume());
      break;
    case 'cut':
      machine.isCut = true;
      // Some links break with a word, others say nothing.
      if (world.chance.happens(0.5)) world.after(world.between(1, 300), () => machine.tell('down'));
      world.after(world.between(100, 12_000), () => {
        machine.isCut = false;
        machine.tell('down');
        machine.tell('up');
        cluster.broker.catchUp(machine);
      });
      break;
    case 'drain':
      member.isLeaving = true;
      machine.run(() => void node.drain(3000).then(() => bury(member, cluster, 100, 2000)));
      break;
  }
}

function outage(cluster: Cluster, world: World, lostMs: number): void {
  const { broker, members } = cluster;
  if (!broker.isUp) return;
  world.note('outage');
  broker.isUp = false;
  for (const { machine } of members) machine.tell('down');
  world.after(world.between(100, 5000), () => {
    if (lostMs > 0) broker.forget(lostMs);
    broker.isUp = true;
    for (const { machine } of members) if (!machine.isCut) machine.tell('up');
    broker.catchUp();
  });
}

function isFenced({ machine, node, isLeaving }: Member): boolean {
  return node.lease.phase === 'fenced' && !machine.isDead && !machine.isCut && !machine.isPaused && !isLeaving;
}

function bury(member: Member, cluster: Cluster, lowMs: number, highMs: number): void {
  if (member.machine.isDead) return;
  member.machine.isDead = true;
  cluster.replace(lowMs, highMs);
}
