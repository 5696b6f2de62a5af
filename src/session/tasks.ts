/**
 * Tasks of 2025-11-25 (R22): a request with `params.task` is answered with a task; its real result comes later through
 * `tasks/result`, in the shape of the original method, and its progress token stays valid until the task is over. Either
 * side can hold tasks and names its own: an id means something only together with the direction of its request.
 */

import type { Direction, RequestId } from '../protocol/envelope.ts';
import { type IdKey, idKey } from '../protocol/ids.ts';
import { LazyMap } from './lazy-map.ts';

export interface TaskFacts {
  readonly taskId: string;
  /** The direction of the request that created it: its holder is on the other side. */
  readonly direction: Direction;
  /** The method whose result `tasks/result` will carry. */
  readonly method: string;
  readonly progressToken: RequestId | undefined;
  /** The token that its requester chose, where it was sent on under another. */
  readonly requesterToken: RequestId | undefined;
}

const terminalStatuses: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled']);

export function isTerminalTaskStatus(status: string): boolean {
  return terminalStatuses.has(status);
}

/** The tasks of one session that are not over, bounded: the oldest is forgotten first. */
export class Tasks {
  readonly #max: number;
  readonly #byKey = new LazyMap<IdKey, TaskFacts>();
  /** Progress tokens that outlive their request, with the task that keeps each. */
  readonly #tokens = new LazyMap<IdKey, TaskFacts>();

  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#byKey.size;
  }

  get(direction: Direction, taskId: string): TaskFacts | undefined {
    return this.#byKey.get(keyOf(direction, taskId));
  }

  /** The task whose progress is reported under this token. */
  byToken(direction: Direction, token: RequestId): TaskFacts | undefined {
    return this.#tokens.get(keyOf(direction, token));
  }

  add(task: TaskFacts): void {
    if (this.#max === 0) return;
    const { direction, taskId, progressToken } = task;
    this.remove(direction, taskId);
    if (this.#byKey.size >= this.#max) {
      for (const oldest of this.#byKey.values()) if (this.remove(oldest.direction, oldest.taskId)) break;
    }
    this.#byKey.set(keyOf(direction, taskId), task);
    if (progressToken !== undefined) this.#tokens.set(keyOf(direction, progressToken), task);
  }

  remove(direction: Direction, taskId: string): boolean {
    const task = this.get(direction, taskId);
    if (task === undefined) return false;
    if (task.progressToken !== undefined) {
      const tokenKey = keyOf(direction, task.progressToken);
      if (this.#tokens.get(tokenKey) === task) this.#tokens.delete(tokenKey);
    }
    return this.#byKey.delete(keyOf(direction, taskId));
  }

  toJSON(): readonly TaskFacts[] {
    return [...this.#byKey.values()];
  }
}

function keyOf(direction: Direction, id: RequestId): IdKey {
  return idKey(direction === 'client-to-server' ? 1 : 2, id);
}
