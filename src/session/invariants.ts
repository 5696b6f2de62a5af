/**
 * What must be true of a session after every commit. Checked in tests always, in production by option: a broken invariant
 * is a defect of ours, never of a peer.
 */

import type { SessionRecord } from './record.ts';
import { budgets } from './limits.ts';

export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

/** @throws InvariantError naming the first invariant that does not hold. */
export function checkInvariants(record: SessionRecord): void {
  const used = new Int32Array(budgets.length);
  let fromServer = 0;
  for (const entry of record.pending.entries()) {
    used[entry.budget]!++;
    if (entry.direction === 'server-to-client') fromServer++;
    if (entry.isTaken) fail(record, `request ${entry.idToken} is settled and still in the table`);
    if (entry.state !== 'open' && (record.held.of(entry) === undefined) !== (entry.state === 'dropped')) {
      fail(
        record,
        `request ${entry.idToken} is ${entry.state} and ${entry.state === 'dropped' ? 'a frame' : 'nothing'} is held for it`,
      );
    }
  }
  budgets.forEach((budget, index) => {
    if (used[index] !== record.pending.used[index]) fail(record, `the ${budget} count differs from the table`);
    if (record.surroundings.ledger.used[index]! < used[index]!) fail(record, `the ledger has lost ${budget} entries`);
  });
  if (record.idleClock.held !== fromServer > 0) fail(record, 'the idle clock stands still without a reason, or runs');
  let heldBytes = 0;
  for (const held of record.held.all()) {
    heldBytes += held.frame.bytes.length;
    if (held.entry?.isTaken === true)
      fail(record, `a frame is held for request ${held.entry.idToken}, which has ended`);
  }
  if (heldBytes !== record.held.bytes) fail(record, 'the held bytes differ from the frames');
  if (record.hasEnded) checkEnded(record);
}

function checkEnded(record: SessionRecord): void {
  if (record.pending.size > 0) fail(record, 'it has ended and requests wait');
  if (record.held.size > 0) fail(record, 'it has ended and frames are held');
  if (record.alarm.alarmNext !== null) fail(record, 'it has ended and its timer runs');
  if (record.endReason === undefined) fail(record, 'it has ended for no reason');
}

function fail(record: SessionRecord, what: string): never {
  throw new InvariantError(`Session ${record.id} in ${record.state}: ${what}`);
}
