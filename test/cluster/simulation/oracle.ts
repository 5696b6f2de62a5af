/** What must hold in every run, whatever fails: looks on from outside, and knows nothing of how nodes agree. */

import type { SendResult } from '../../../src/cluster/send-result.ts';
import type { World } from './world.ts';

interface Told {
  readonly machine: string;
  readonly key: string;
  readonly at: number;
  parts: number;
  isOver: boolean;
}

export class Oracle {
  readonly violations: string[] = [];
  readonly failures: Record<string, number> = {};
  answered = 0;
  executed = 0;
  parts = 0;
  readonly #world: World;
  readonly #latestEpoch = new Map<string, number>();
  readonly #executions = new Map<string, number>();
  readonly #asked = new Map<string, Told>();
  readonly #saidNo = new Set<string>();
  /** The states that were told to clients, by key. */
  readonly #states = new Map<string, Set<string>>();

  constructor(world: World) {
    this.#world = world;
  }

  get asked(): number {
    return this.#asked.size;
  }

  frameAsked(frame: string, machine: string, key: string): void {
    this.#asked.set(frame, { machine, key, at: this.#world.now, parts: 0, isOver: false });
  }

  /** A session begins to work on a frame. */
  frameExecuted(frame: string, machine: string, key: string, epoch: number): void {
    this.executed += 1;
    this.#world.note(`${machine} executes ${frame} on ${key} under ${epoch}`);
    const latest = this.#latestEpoch.get(key) ?? 0;
    if (epoch < latest) this.#violation(`${machine} executed ${frame} on ${key} under ${epoch}, after ${latest}`);
    this.#latestEpoch.set(key, Math.max(epoch, latest));
    const times = (this.#executions.get(frame) ?? 0) + 1;
    this.#executions.set(frame, times);
    if (times > 1) this.#violation(`${frame} was executed ${times} times`);
    if (this.#saidNo.has(frame)) this.#violation(`${frame} was executed after it was said that it was not`);
  }

  /** A session is opened without what it was. */
  openedAnew(key: string): void {
    if (this.#states.has(key)) this.#violation(`${key} has forgotten what its clients were told`);
  }

  partTold(frame: string, part: string): void {
    const told = this.#asked.get(frame)!;
    if (told.isOver) this.#violation(`${frame} got ${part} after its end`);
    if (part !== `${frame}/${told.parts}`) this.#violation(`${frame} got ${part} where ${told.parts} was next`);
    told.parts += 1;
    this.parts += 1;
  }

  /** @param parts how many its answer has, when it is whole. */
  frameTold(frame: string, result: SendResult, parts: number, state: string | undefined): void {
    const told = this.#asked.get(frame)!;
    if (told.isOver) this.#violation(`${frame} ended twice`);
    told.isOver = true;
    this.#world.note(`${told.machine} tells ${frame} ${result.ok ? 'ok' : `${result.code} ${result.executed}`}`);
    if (result.ok) {
      this.answered += 1;
      if (told.parts !== parts) this.#violation(`${frame} got ${told.parts} of ${parts} parts`);
      if (state !== undefined) this.#stateTold(told.key, state);
      return;
    }
    const name = `${result.code} ${result.executed}`;
    this.failures[name] = (this.failures[name] ?? 0) + 1;
    if (result.executed !== 'no') return;
    this.#saidNo.add(frame);
    if (this.#executions.has(frame)) this.#violation(`${frame} was executed, and ${result.code} says that it was not`);
  }

  underWay(count: number, total: number): void {
    if (count > total) this.#violation(`${count} frames are under way, of at most ${total}`);
  }

  /** @param waits whether a machine is there to hear the end of what it asked. */
  nothingHangs(longestMs: number, waits: (machine: string) => boolean): void {
    for (const [frame, { machine, at, isOver }] of this.#asked) {
      if (isOver || this.#world.now - at <= longestMs || !waits(machine)) continue;
      this.#violation(`${frame} of ${machine} has no end since ${at.toFixed(0)} ms`);
    }
  }

  #stateTold(key: string, state: string): void {
    const states = this.#states.get(key) ?? new Set();
    this.#states.set(key, states);
    if (states.has(state)) this.#violation(`${key} was in state ${state} twice`);
    states.add(state);
  }

  #violation(text: string): void {
    this.violations.push(`at ${this.#world.now.toFixed(0)} ms: ${text}`);
    this.#world.note(`VIOLATION ${text}`);
  }
}
