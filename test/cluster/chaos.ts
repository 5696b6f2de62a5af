/**
 * Clients that ask a cluster all the time while its nodes are killed, stopped and drained, and its server goes away and comes back; and
 * the laws that hold all the same: every request ends, every failure has a name, and no session counts back or runs a frame twice.
 */

import { setTimeout as delay } from 'node:timers/promises';
import { failureCodes } from '../../src/cluster/send-result.ts';
import type { ClusterTimes } from '../../src/cluster/settings.ts';
import { Chance } from '../soak/random.ts';
import { within } from '../soak/within.ts';
import { Fleet } from './fleet.ts';
import type { WorkerTold } from './nats-worker.ts';
import { tally } from './workers.ts';

const faultKinds = ['kill', 'stop', 'drain', 'broker'] as const;
type FaultKind = (typeof faultKinds)[number];

export interface ChaosOptions {
  readonly seconds: number;
  readonly seed: number;
  readonly times: Partial<ClusterTimes>;
  readonly say: (text: string) => void;
}

export interface ChaosReport {
  readonly faults: Readonly<Record<FaultKind, number>>;
  readonly fenced: number;
  readonly ends: Readonly<Record<string, number>>;
  readonly longestMs: number;
  readonly violations: readonly string[];
}

const nodes = 4;
const clients = 40;
const deadlineMs = 12_000;
const holdMs = 8000;
/** A node that stands still answers when it goes on; nothing else may take longer than a deadline. */
const stopMsMax = 7000;
const hangMs = deadlineMs + stopMsMax + 5000;

export async function chaos({ seconds, seed, times, say }: ChaosOptions): Promise<ChaosReport> {
  const chance = new Chance(seed, 'chaos');
  const fleet = await Fleet.of(nodes, times);
  const violations: string[] = [];
  const broken = (what: string): void => {
    violations.push(what);
    say(`broken: ${what}`);
  };
  const told: WorkerTold[] = [];
  const faults: Record<FaultKind, number> = { kill: 0, stop: 0, drain: 0, broker: 0 };
  let longestMs = 0;
  const untilMs = performance.now() + seconds * 1000;
  const isOver = (): boolean => performance.now() >= untilMs;

  const ask = async (key: string, takesMs: number): Promise<WorkerTold | 'too late'> => {
    const sentAt = performance.now();
    const node = chance.pick(await asked(fleet));
    const answer = await within(node.send(key, { takesMs, holdMs, deadlineMs }), hangMs);
    longestMs = Math.max(longestMs, performance.now() - sentAt);
    if (answer === 'too late') broken(`${key} was not answered within ${hangMs} ms`);
    else told.push(answer);
    return answer;
  };

  const client = async (index: number): Promise<void> => {
    for (let life = 0; !isOver(); life += 1) {
      // Every fourth stands for a server that is a process.
      const key = `${index % 4 === 3 ? 'p' : 's'}:${index}-${life}`;
      await chance.pick(await asked(fleet)).ask({ do: 'claim', key });
      await session(key, { isOver, ask, broken, takesMs: () => (chance.happens(0.1) ? 100 : 0) });
    }
  };
  const running = Array.from({ length: clients }, async (_, index) => client(index));
  const befalling: Promise<void>[] = [];
  while (!isOver()) {
    await delay(chance.between(800, 3300));
    const fault = chance.pick(faultKinds);
    const candidates = fleet.asked;
    if (isOver() || candidates.length < nodes - 1) continue;
    faults[fault] += 1;
    befalling.push(befall(fleet, fault, chance));
  }
  await Promise.all(befalling);
  await fleet.whole();
  await Promise.all(running);
  await Promise.all(
    fleet.asked.map(async (node, index, all) => {
      const key = `s:last-${index}`;
      await node.ask({ do: 'claim', key });
      const other = all[(index + 1) % all.length] ?? node;
      if (!(await other.send(key)).ok) broken(`${other.name} does not reach ${node.name} when all is over`);
    }),
  );
  await fleet.end();
  return { faults, fenced: fleet.fenced, ends: tally(told), longestMs, violations };
}

async function asked(fleet: Fleet): Promise<Fleet['asked']> {
  while (fleet.asked.length === 0) await delay(50);
  return fleet.asked;
}

async function befall(fleet: Fleet, fault: FaultKind, chance: Chance): Promise<void> {
  const node = chance.pick(fleet.asked);
  switch (fault) {
    case 'kill':
      fleet.kill(node);
      return;
    case 'stop':
      return fleet.stop(node, chance.between(300, stopMsMax));
    case 'drain':
      return fleet.drain(node);
    case 'broker':
      return fleet.restartBroker(chance.between(300, 2500));
  }
}

interface Talk {
  readonly isOver: () => boolean;
  readonly ask: (key: string, takesMs: number) => Promise<WorkerTold | 'too late'>;
  readonly broken: (what: string) => void;
  readonly takesMs: () => number;
}

/** One key, one request after the other, until it is over: a client would then begin anew. */
async function session(key: string, { isOver, ask, broken, takesMs }: Talk): Promise<void> {
  let [last, answered, unknown] = [0, 0, 0];
  while (!isOver()) {
    const told = await ask(key, takesMs());
    if (told === 'too late') return;
    if (told.ok) {
      const count = Number(told.text);
      answered += 1;
      if (count <= last) broken(`${key} counted ${count} after ${last}`);
      if (count > answered + unknown) broken(`${key} counted ${count} of ${answered + unknown} that may have run`);
      last = count;
    } else {
      if (told.executed !== 'no') unknown += 1;
      const isTyped = told.text === 'died' || failureCodes.some((code) => code === told.text);
      if (!isTyped || (told.executed !== 'no' && told.executed !== 'unknown')) {
        broken(`${key} ended with '${told.text}', executed '${told.executed}'`);
      }
      if (told.text === 'KEY_UNKNOWN') {
        if (key.startsWith('s') && last > 0) broken(`${key} was saved, and is gone after ${last}`);
        return;
      }
    }
    await delay(20);
  }
}
