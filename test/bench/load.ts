/** Puts calls through a process and tells how long they took and what they cost it. Knows nothing of what is compared. */

import { setTimeout as sleep } from 'node:timers/promises';
import { type Tool, answerOf, callOf } from './exchange.ts';
import { type PeerProcess, cpuMicrosOfProcess } from './peer-process.ts';

export interface Load {
  readonly tool: Tool;
  /** JSON text. */
  readonly args: string;
  /** Calls under way at once. */
  readonly concurrency: number;
  readonly calls: number;
}

/** What one run of a load was like. */
export interface Run {
  readonly calls: number;
  /** Of each call. */
  readonly micros: readonly number[];
  readonly elapsedMs: number;
  /** Processor time of the process that the client talks to: of a proxy, not of the server behind it. */
  readonly cpuMs: number;
}

/** The scheduler brings a process's time up to date when it sleeps, and some of its work comes after its answers. */
const settleMs = 5;

let ids = 0;

/** Keeps `concurrency` calls under way until all of them are answered, each byte for byte as the server answers. */
export async function run(peer: PeerProcess, { tool, args, concurrency, calls }: Load): Promise<Run> {
  const micros: number[] = [];
  let sent = 0;
  const oneAfterAnother = async (): Promise<void> => {
    while (sent < calls) {
      sent += 1;
      const id = ++ids;
      const start = performance.now();
      await peer.ask(callOf(id, tool, args), answerOf(id, args));
      micros.push((performance.now() - start) * 1000);
    }
  };
  const cpuBefore = cpuMicrosOfProcess(peer.pid);
  const before = performance.now();
  await Promise.all(Array.from({ length: concurrency }, oneAfterAnother));
  const elapsedMs = performance.now() - before;
  await sleep(settleMs);
  return { calls, micros, elapsedMs, cpuMs: (cpuMicrosOfProcess(peer.pid) - cpuBefore) / 1000 };
}

/** Several runs as one, as if nothing had happened between them. */
export function joined(runs: readonly Run[]): Run {
  const sum = (of: 'calls' | 'elapsedMs' | 'cpuMs'): number => runs.reduce((total, one) => total + one[of], 0);
  return {
    calls: sum('calls'),
    micros: runs.flatMap(({ micros }) => micros),
    elapsedMs: sum('elapsedMs'),
    cpuMs: sum('cpuMs'),
  };
}
