/**
 * When a response is owed: everybody had time, nobody can be excused any more, and what the network or we ourselves did cannot be
 * the reason. Errs on the side of the thing under test.
 */

import type { TargetFacts } from '../play/target.ts';
import type { Line, Ours, Reading } from './reading.ts';

/** Why it is owed; undefined where it is not, or where that cannot be seen from outside. */
export function owed(one: Ours, reading: Reading, facts: TargetFacts): string | undefined {
  const { settledAt, killedAt, patientAt } = reading;
  const { line, event, copies } = one;
  const isOver = event.seq > settledAt || line.endedAt < settledAt || killedAt < settledAt;
  const isGivenUp = one.isDropped || one.cancelledAt < settledAt || one.method === 'subscriptions/listen';
  if (isOver || isGivenUp || hasLoss(line, reading)) return undefined;
  if (facts.kind !== 'proxy') return 'it was asked';
  const isAnsweredThere = copies.some(({ answers, line: { endedAt } }) =>
    answers.some(({ seq }) => !reading.dropped.has(seq) && seq < endedAt),
  );
  // A client that answers and leaves has ended its proxy, where that runs for it alone: it may go before it has passed the answer on.
  const hasLeftSince = copies.some(({ line: other }) => other.role === 'client' && other.endedAt < settledAt);
  if (isAnsweredThere && hasLeftSince) return undefined;
  if (isAnsweredThere) return 'the other side has answered it';
  if (copies.some((copy) => copy.line.endedAt > settledAt)) return undefined;
  const across = [...reading.lines.values()].filter(({ role }) => role !== line.role);
  if (across.some((other) => hasLoss(other, reading))) return undefined;
  if (copies.length > 0) return patientAt < 0 ? undefined : 'whoever it was passed on to is gone';
  const isSomebodyAway = across.length === 0 || across.some(({ endedAt }) => endedAt < settledAt);
  if (isSomebodyAway && patientAt < 0) return undefined;
  return 'it was neither passed on nor refused';
}

/** It has its response, or its exchange was refused (2025-11-25, basic/transports: an error status needs no body). */
export function isAnswered({ responses, ended }: Ours): boolean {
  return responses.length > 0 || (ended !== undefined && (ended.status === 0 || ended.status >= 400));
}

/** Something that we said on the connection was lost by the network, so that much may be missing. */
function hasLoss({ connection }: Line, { dropped, sentAt }: Reading): boolean {
  if (dropped.size === 0) return false;
  return [...dropped].some((seq) => sentAt(seq)?.connection === connection);
}
