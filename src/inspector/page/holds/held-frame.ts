/** Frames that wait for a person, as the admin API tells of them (docs/reference/admin-api.md), and what may become of one. */

import type { PausedFrame } from '../../../rules/pause-desk.ts';
import type { AdminAnswer } from '../connection/admin.ts';

type Listed = Pick<
  PausedFrame,
  'id' | 'sessionId' | 'rule' | 'direction' | 'kind' | 'method' | 'bytes' | 'decidesAt' | 'byDefault'
>;

export interface HeldFrame extends Listed {
  readonly pid: number;
}

/** Those of all processes, and first the one that is decided first. */
export function heldFrames(answers: ReadonlyMap<number, AdminAnswer>): readonly HeldFrame[] {
  const frames: HeldFrame[] = [];
  for (const [pid, answer] of answers) {
    if (answer.kind !== 'answered') continue;
    const { frames: listed = [] } = answer.body as { readonly frames?: readonly Listed[] };
    for (const frame of listed) frames.push({ ...frame, pid });
  }
  return frames.sort((one, other) => one.decidesAt - other.decidesAt);
}

export function keyOf({ pid, id }: Pick<HeldFrame, 'pid' | 'id'>): string {
  return `${pid}/${id}`;
}

export type Edited =
  | { readonly kind: 'same' }
  | { readonly kind: 'changed'; readonly message: Readonly<Record<string, unknown>> }
  | { readonly kind: 'wrong'; readonly problem: string };

/** What somebody has made of a message. It has to stay of its kind and keep its id, or it would be refused. */
export function editedMessage(original: Readonly<Record<string, unknown>>, text: string): Edited {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { kind: 'wrong', problem: `This is no JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { kind: 'wrong', problem: 'A message is an object' };
  }
  const message = value as Readonly<Record<string, unknown>>;
  if (JSON.stringify(message) === JSON.stringify(original)) return { kind: 'same' };
  if (message['jsonrpc'] !== '2.0') return { kind: 'wrong', problem: 'jsonrpc has to stay "2.0"' };
  if (message['id'] !== original['id']) {
    return { kind: 'wrong', problem: `id has to stay ${JSON.stringify(original['id']) ?? 'absent'}` };
  }
  if ('method' in message !== 'method' in original) {
    return {
      kind: 'wrong',
      problem: 'method' in original ? 'method may not be left out' : 'A response has no method',
    };
  }
  const hasAnswer = 'result' in message !== 'error' in message;
  if (!('method' in original) && !hasAnswer) return { kind: 'wrong', problem: 'A response has a result or an error' };
  return { kind: 'changed', message };
}
