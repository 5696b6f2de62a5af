/**
 * Whether a request is taken on: its id is free, the session is in a state to take it, and there is room within the
 * limits. A refusal is told at once, with the refusing limit's scope and numbers (S7); nothing of a refused request stays.
 */

import { type Refusal, refusal } from '../errors.ts';
import { sizeOf, type Direction } from '../protocol/envelope.ts';
import { eraOf } from '../protocol/revisions.ts';
import { idKey } from '../protocol/ids.ts';
import { methodRow } from '../protocol/methods.ts';
import { breachOf } from './announced.ts';
import type { CounterName } from './counters.ts';
import type { FrameArrived, RequestArrived } from './events.ts';
import { rememberedOf } from './learn.ts';
import { type Budget, listen, ordinary, perSessionLimit, question, reserved, retryAfterMs } from './limits.ts';
import { type EntryState, PendingEntry } from './pending.ts';
import { timesOf } from './profiles.ts';
import type { SessionRecord } from './record.ts';
import { exchangeOf, passageOf, requestBehind } from './relation.ts';
import { tellRefusal } from './tell.ts';

/** Builds the entry of a request; it is not in the table yet. */
export function newEntry(record: SessionRecord, event: FrameArrived, state: EntryState): PendingEntry {
  const { direction, frame } = event;
  const { envelope } = frame;
  const id = envelope.id!;
  const token = envelope.progressToken;
  const exchange = exchangeOf(record, direction, frame, event.via);
  const passage = passageOf(record, direction, id, token, exchange, event.ticket);
  const sentId = passage === undefined ? id : passage.sentId;
  // A token is renamed together with its request: what is unique as an id is unique as a token.
  const keepsToken = passage === undefined || (direction === 'server-to-client' && sentId === id);
  const entry = new PendingEntry(
    record.id,
    {
      key: idKey(0, sentId),
      id,
      direction,
      method: envelope.method,
      budget: budgetOf(record, envelope.method, direction),
      startedAt: event.at,
      times: timesOf(record.profile, record.surroundings.requestTimes, envelope.method, direction),
      progressToken: token === undefined || keepsToken ? token : sentId,
      passage,
      asksTask: envelope.asksTask,
      isModern: eraOf(envelope) === 'modern',
      isOwn: false,
      remembers: rememberedOf(event),
    },
    record.idleClock.read(event.at),
    state,
  );
  if (direction === 'server-to-client') entry.parent = requestBehind(record, frame, event.via)?.id;
  return entry;
}

export function budgetOf(record: SessionRecord, method: string, direction: Direction): Budget {
  if (direction === 'server-to-client') return question;
  const row = methodRow(method);
  if (row?.isListen === true) return listen;
  const isReserved =
    row?.isHandshake === true || row?.isPing === true || record.profile.shutdownMethods.includes(method);
  return isReserved ? reserved : ordinary;
}

/** Puts the request into the table, or refuses it and tells its sender. */
export function admit(record: SessionRecord, event: FrameArrived, state: EntryState): PendingEntry | undefined {
  const entry = newEntry(record, event, state);
  const objection = breachOf(record, entry, event.frame) ?? objectionTo(record, entry);
  if (objection === undefined) {
    record.unit.put(entry);
    return entry;
  }
  refuseEntry(record, entry, objection);
  return undefined;
}

/** Refuses a request that is not in the table. */
export function refuseEntry(record: SessionRecord, entry: PendingEntry, why: Refusal): void {
  record.unit.settleUnlisted(entry, 'refused');
  tellRefusal(record, entry, why);
}

function objectionTo(record: SessionRecord, entry: PendingEntry): Refusal | undefined {
  const { unit } = record;
  const fromClient = entry.direction === 'client-to-server';
  if (isDuplicate(record, entry)) {
    unit.count('duplicateIds');
    return refusal('INVALID_REQUEST', { reason: 'A request with this id is still waiting for its answer' });
  }
  if (!fromClient && record.isClientInputClosed) return refusal('SESSION_NOT_FOUND', { reason: 'client-gone' });
  const scope = unit.fullScope(entry.budget);
  if (scope === undefined) return undefined;
  unit.count(fullCounter[scope][entry.budget]);
  const { limits, ledger } = record.surroundings;
  const { budget } = entry;
  if (scope === 'session') {
    const [current, limit] = [record.pending.used[budget]!, perSessionLimit(limits, budget)];
    return refusal('TOO_MANY_REQUESTS', { scope, current, limit, retryAfterMs });
  }
  const full = ledger.full(budget, 0) ?? ledger;
  return refusal('TOO_MANY_REQUESTS', {
    scope: full.scope,
    current: full.used[budget]!,
    limit: full.limit[budget]!,
    retryAfterMs,
  });
}

/** In an exchange ids are renamed and may repeat. Elsewhere a second request would get the answer of the first (R7). */
function isDuplicate(record: SessionRecord, entry: PendingEntry): boolean {
  const { direction, id } = entry;
  const isRenamed = record.pending.byRequesterId(direction, id) !== undefined;
  if (direction === 'client-to-server' && record.renamesRequests) return !record.hasExchanges && isRenamed;
  return isRenamed || record.unit.find(direction, idKey(0, id)) !== undefined;
}

const fullCounter = {
  session: ['refusedPerSession', 'refusedReserved', 'refusedListen', 'refusedQuestions'],
  total: ['refusedTotal', 'refusedReserved', 'refusedListen', 'refusedQuestions'],
} as const satisfies Record<'session' | 'total', readonly CounterName[]>;

/** The refusal for what would have to wait, where all that waits in the process leaves it no room. */
export function buffersFull({ surroundings }: SessionRecord, bytes: number): Refusal | undefined {
  const { buffers } = surroundings.ledger;
  const limit = buffers.limitFor(bytes);
  if (limit === undefined) return undefined;
  return refusal('TOO_MANY_REQUESTS', { scope: 'buffers', current: buffers.bytes, limit, retryAfterMs });
}

/** The refusal for a frame that finds the queue of held frames full. */
export function heldFull(record: SessionRecord, bytes: number): Refusal {
  const full = buffersFull(record, bytes);
  if (full !== undefined && record.held.size < record.surroundings.limits.heldFramesPerSession) return full;
  record.unit.count('refusedHeld');
  const limit = record.surroundings.limits.heldFramesPerSession;
  return refusal('TOO_MANY_REQUESTS', { scope: 'held', current: record.held.size, limit, retryAfterMs });
}

/** The session is on its way out: it takes no new work from its client. */
export function refuseDraining(record: SessionRecord, event: RequestArrived): void {
  record.unit.countFrame(event.direction, 'request', sizeOf(event.frame));
  refuseEntry(record, newEntry(record, event, 'open'), refusal('DRAINING', { executed: 'no', reason: 'draining' }));
}
