/** Puts calls through a process and tells how long they took and what they cost it. Knows nothing of what is compared. */

import { setTimeout as sleep } from 'node:timers/promises';
import { type Tool, answerOf, callOf, nextId } from './exchange.ts';
import { cpuMicrosOfProcess } from './process-vitals.ts';

/** What calls are put into: a proxy, or a server without one. */
export interface Caller {
  /** Of the process whose processor time counts: of a proxy, not of the server behind it. */
  readonly pid: number;
  /** Resolves when exactly this answer has come, and rejects when another has. */
  ask(line: string, answer: string): Promise<void>;
  /** Makes everything that so many calls at once need, before anything is measured. */
  ready?(concurrency: number): Promise<void>;
  /** Resolves when nothing is left of it. */
  stop(): Promise<void>;
}

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
  /** Processor time of the caller's process. */
  readonly cpuMs: number;
}

/** The scheduler brings a process's time up to date when it sleeps, and some of its work comes after its answers. */
const settleMs = 5;

/** Keeps `concurrency` calls under way until all of them are answered, each byte for byte as the server answers. */
export async function run(caller: Caller, { tool, args, concurrency, calls }: Load): Promise<Run> {
  const micros: number[] = [];
  let sent = 0;
  const oneAfterAnother = async (): Promise<void> => {
    while (sent < calls) {
      sent += 1;
      const id = nextId();
      const start = performance.now();
      await caller.ask(callOf(id, tool, args), answerOf(id, args));
      micros.push((performance.now() - start) * 1000);
    }
  };
  if (caller.ready !== undefined) {
    await caller.ready(concurrency);
    await sleep(settleMs);
  }
  const cpuBefore = cpuMicrosOfProcess(caller.pid);
  const before = performance.now();
  await Promise.all(Array.from({ length: concurrency }, oneAfterAnother));
  const elapsedMs = performance.now() - before;
  await sleep(settleMs);
  return { calls, micros, elapsedMs, cpuMs: (cpuMicrosOfProcess(caller.pid) - cpuBefore) / 1000 };
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
