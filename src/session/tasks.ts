/**
 * Tasks of 2025-11-25 (R22): a request with `params.task` is answered with a task; its real result comes later through
 * `tasks/result`, in the shape of the original method, and its progress token stays valid until the task is over.
 */

import type { RequestId } from '../protocol/envelope.ts';
import { LazyMap } from './lazy-map.ts';

export interface TaskFacts {
  readonly taskId: string;
  /** The method whose result `tasks/result` will carry. */
  readonly method: string;
  readonly progressToken: RequestId | undefined;
}

const terminalStatuses: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled']);

export function isTerminalTaskStatus(status: string): boolean {
  return terminalStatuses.has(status);
}

/** The tasks of one session that are not over, bounded: the oldest is forgotten first. */
export class Tasks {
  readonly #max: number;
  readonly #byId = new LazyMap<string, TaskFacts>();
  /** Progress tokens that outlive their request, with the task that keeps each. */
  readonly #tokens = new LazyMap<RequestId, string>();

  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#byId.size;
  }

  get(taskId: string): TaskFacts | undefined {
    return this.#byId.get(taskId);
  }

  hasToken(token: RequestId): boolean {
    return this.#tokens.has(token);
  }

  add(task: TaskFacts): void {
    if (this.#max === 0) return;
    this.remove(task.taskId);
    if (this.#byId.size >= this.#max) for (const oldest of this.#byId.keys()) if (this.remove(oldest)) break;
    this.#byId.set(task.taskId, task);
    if (task.progressToken !== undefined) this.#tokens.set(task.progressToken, task.taskId);
  }

  remove(taskId: string): boolean {
    const task = this.#byId.get(taskId);
    if (task === undefined) return false;
    const token = task.progressToken;
    if (token !== undefined && this.#tokens.get(token) === taskId) this.#tokens.delete(token);
    return this.#byId.delete(taskId);
  }

  toJSON(): readonly TaskFacts[] {
    return [...this.#byId.values()];
  }
}
