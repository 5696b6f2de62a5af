/**
 * One node of a cluster on NATS in a process of its own, for tests that kill and stop it. Does what its parent asks, and tells what
 * its sessions executed. Sessions count; a frame says how long it takes.
 */

import { setTimeout as delay } from 'node:timers/promises';
import { natsEngine } from '../../src/cluster/nats-engine.ts';
import { ClusterNode } from '../../src/cluster/node.ts';
import type { Grant, OwnedSession } from '../../src/cluster/owned-session.ts';
import { type ClusterTimes, clusterTimes, defaultClusterLimits } from '../../src/cluster/settings.ts';
import { decodeText, encodeText } from '../../src/protocol/text.ts';
import { silentLog } from '../../src/runtime/silent-log.ts';
import { Counter } from './counter.ts';
import { systemClock } from '../../src/runtime/system-clock.ts';

export interface WorkerSetup {
  readonly node: string;
  readonly url: string;
  readonly times: Partial<ClusterTimes>;
  readonly pendingTotal: number;
}

export type WorkerAsk =
  | { readonly do: 'claim'; readonly key: string }
  | {
      readonly do: 'send';
      readonly key: string;
      readonly takesMs: number;
      readonly holdMs: number;
      readonly deadlineMs: number;
    }
  | { readonly do: 'drain'; readonly graceMs: number }
  | { readonly do: 'acquire' }
  | { readonly do: 'phase' };

export interface WorkerTold {
  readonly ok: boolean;
  /** Of a frame: the count of its session, or the code of the failure. */
  readonly text: string;
  readonly executed?: string;
}

/** What a worker says by itself, with the time of the machine in milliseconds. */
export type WorkerEvent =
  | { readonly event: 'started' }
  /** What its engine says. */
  | { readonly event: 'up' }
  | { readonly event: 'down' }
  | { readonly event: 'executes'; readonly key: string; readonly at: number }
  | { readonly event: 'fenced'; readonly at: number };

/** Keys of processes begin with `p`. */
class CountingSession implements OwnedSession {
  readonly isRecoverable: boolean;
  readonly handle: OwnedSession['handle'];
  readonly stop: () => void;

  constructor(grant: Grant) {
    const { key, snapshot } = grant;
    let count = Number(snapshot ?? 0);
    const ending = new AbortController();
    this.isRecoverable = !key.startsWith('p');
    this.handle = async (frame) => {
      tell({ event: 'executes', key, at: machineMs() });
      const takesMs = Number(decodeText(frame));
      if (takesMs > 0) await delay(takesMs, undefined, { signal: ending.signal });
      if (ending.signal.aborted) throw new Error('stopped');
      count += 1;
      const state = String(count);
      if (this.isRecoverable) await grant.save(state);
      return encodeText(state);
    };
    this.stop = () => ending.abort();
  }
}

function tell(event: WorkerEvent): void {
  process.send?.(event);
}

function machineMs(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}

async function answer(node: ClusterNode, asked: WorkerAsk): Promise<WorkerTold> {
  switch (asked.do) {
    case 'claim': {
      const claim = await node.directory.claim(asked.key);
      return { ok: claim.kind === 'owned', text: claim.kind };
    }
    case 'send': {
      const { key, takesMs, holdMs, deadlineMs } = asked;
      const result = await node.router.send(key, encodeText(String(takesMs)), { deadlineMs, holdMs });
      return result.ok
        ? { ok: true, text: decodeText(result.bytes) }
        : { ok: false, text: result.code, executed: result.executed };
    }
    case 'drain':
      return { ok: true, text: String(await node.drain(asked.graceMs)) };
    case 'acquire':
      return { ok: await counter.acquire(node), text: '' };
    case 'phase':
      return { ok: node.lease.isAlive(), text: node.lease.phase };
  }
}

const setup = JSON.parse(process.argv[2] ?? '{}') as WorkerSetup;
const engine = await natsEngine({ servers: [setup.url], cluster: 'faults', replicas: 1, frameBytesMax: 1024 * 1024 });
engine.onState((state) => tell({ event: state }));
const counter = new Counter();
const node = new ClusterNode({
  ...{ node: setup.node, engine, clock: systemClock(), random: Math.random, log: silentLog },
  settings: { times: clusterTimes(setup.times), limits: defaultClusterLimits },
  host: { open: (grant) => new CountingSession(grant) },
  pendingTotal: setup.pendingTotal,
  counted: counter,
  onFenced: () => tell({ event: 'fenced', at: machineMs() }),
});
await node.start();
process.on('disconnect', () => process.exit(0));
process.on('message', (message) => {
  const { number, asked } = message as { readonly number: number; readonly asked: WorkerAsk };
  void answer(node, asked).then((told) => process.send?.({ number, told }));
});
tell({ event: 'started' });
