/**
 * One frame on a session of this node, wherever it came from: nothing runs before it is known that the key and the node's lease
 * are still there, and nothing that ran counts when they are not afterwards.
 */

import { messageOf } from '../reasons.ts';
import type { Directory, Owned } from './directory.ts';
import type { Lease } from './lease.ts';
import type { Answer } from './owned-session.ts';
import { type SendResult, maybeExecuted, notExecuted } from './send-result.ts';

/** Never rejects. */
export async function runFrame(
  { directory, lease }: { readonly directory: Directory; readonly lease: Lease },
  owned: Owned,
  frame: Uint8Array,
  answer: Answer,
): Promise<SendResult> {
  owned.busy += 1;
  try {
    while (directory.verification !== undefined) await directory.verification;
    if (!lease.isAlive()) return notExecuted('NODE_FENCED');
    if (owned.stopped !== undefined) return notExecuted('CLAIM_LOST', `the key was ${owned.stopped} here`);
    const bytes = await owned.session.handle(frame, answer);
    if (!lease.isAlive()) return maybeExecuted('NODE_FENCED');
    return wasTaken(owned) ? maybeExecuted('CLAIM_LOST') : { ok: true, bytes };
  } catch (error) {
    return maybeExecuted('SESSION_FAILED', messageOf(error));
  } finally {
    owned.busy -= 1;
  }
}

/** A session that ends by one of its own frames still answers it. */
function wasTaken({ stopped }: Owned): boolean {
  return stopped !== undefined && stopped !== 'released';
}
