/**
 * How a waiting request ends: by its answer, by a deadline, by cancellation, by a loss, or by the end of its session.
 * Each path takes the entry out of the table in the same step that gives it its one outcome, and tells the requester
 * unless it cancelled or is gone.
 */

import { type Refusal, refusal } from '../errors.ts';
import { encodeAsErrorOf, encodeCancelled, encodeErrorText } from '../protocol/encode.ts';
import { type Direction, type Frame, type RequestId, opposite } from '../protocol/envelope.ts';
import { idKey } from '../protocol/ids.ts';
import { rewriteFrame } from '../protocol/rewrite.ts';
import { buffersFull } from './admission.ts';
import { forgetAnnounced, learnAnnounced } from './announced.ts';
import { expiryOf } from './deadlines.ts';
import { forwarded } from './effects.ts';
import type { EffectFailed, ExchangeClosed, FrameMalformed, Loss, RequestExpired, UpstreamLost } from './events.ts';
import type { PendingEntry, Via } from './pending.ts';
import type { Verdict } from './interception.ts';
import { learnFromAnswer } from './learn.ts';
import { changeLabel } from './labels.ts';
import { listen, retryAfterMs } from './limits.ts';
import type { EndReason, Outcome } from './outcomes.ts';
import { removeHeld } from './queue.ts';
import type { SessionRecord } from './record.ts';
import { encodeAnswer, encodeRefusal, isReaderGone, statusOfRefusal, tell, textOfRefusal } from './tell.ts';

/** Ends the request and tells its requester why, in our own name. */
export function settleWithError(record: SessionRecord, entry: PendingEntry, outcome: Outcome, why: Refusal): void {
  settleWithText(record, entry, outcome, textOfRefusal(why), statusOfRefusal(why));
}

/** The same, for a refusal that is told to many and made into text once. */
function settleWithText(
  record: SessionRecord,
  entry: PendingEntry,
  outcome: Outcome,
  errorText: string,
  status: number,
): void {
  settleEntry(record, entry, outcome);
  if (!entry.isOwn) tell(record, entry, encodeErrorText(entry.idToken, errorText), status);
}

/** Takes the entry with its outcome, and with it whatever frame is still held for it. */
export function settleEntry(record: SessionRecord, entry: PendingEntry, outcome: Outcome): void {
  record.unit.settle(entry, outcome);
  if (entry.state === 'open') return;
  const held = record.held.of(entry);
  if (held !== undefined) removeHeld(record, held);
}

/**
 * The waiting request that a response travelling in `direction` answers. A request that we still hold has reached nobody:
 * what comes under its id answers an earlier use of that id, or nothing at all.
 */
export function findAnswered(record: SessionRecord, direction: Direction, id: RequestId): PendingEntry | undefined {
  const entry = record.unit.find(opposite(direction), idKey(0, id));
  return entry?.state === 'held' || entry?.state === 'dropped' ? undefined : entry;
}

/** What interceptors made of a frame, where they made anything of it, and what they asked for besides. */
export function noteVerdict(record: SessionRecord, verdict: Verdict | undefined): void {
  if (verdict === undefined) return;
  const { unit } = record;
  if (verdict.labels !== undefined) for (const change of verdict.labels) changeLabel(record, change);
  switch (verdict.kind) {
    case 'drop':
      unit.count('dropped');
      if (verdict.fault !== undefined) unit.effect({ type: 'fault', fault: verdict.fault });
      return;
    case 'refuse':
      unit.count(verdict.refusal.code === 'INTERCEPTOR_FAILED' ? 'interceptorFailures' : 'blocked');
      return;
    case 'answer':
      unit.count('mocked');
      return;
    case 'forward':
      if (verdict.steps.some((step) => step.action === 'modify')) unit.count('modified');
  }
}

/**
 * A response arrived: finds, classifies and removes its request in one step. A response nobody waits for is counted and
 * goes no further (R4, R5). An error that names no request belongs to the request in whose answer it came; where there is
 * none it is passed on, since on a connection there is one reader (R6).
 */
export function settleAnswered(
  record: SessionRecord,
  direction: Direction,
  frame: Frame,
  verdict: Verdict | undefined,
  via: Via | undefined,
): void {
  const { id } = frame.envelope;
  if (id === undefined) {
    record.unit.count('errorsWithoutId');
    const asked = via?.request;
    if (asked === undefined) passUnnamed(record, direction, frame, verdict, via);
    else if (!asked.isTaken) settleFound(record, asked, frame, verdict, via);
    return;
  }
  const entry = findAnswered(record, direction, id);
  if (entry === undefined) {
    countStray(record, direction, id);
    return;
  }
  settleFound(record, entry, frame, verdict, via);
}

function settleFound(
  record: SessionRecord,
  entry: PendingEntry,
  frame: Frame,
  verdict: Verdict | undefined,
  via: Via | undefined,
): void {
  noteVerdict(record, verdict);
  if (verdict?.kind === 'drop') {
    waitOn(record, entry);
    return;
  }
  if (verdict?.kind === 'refuse') {
    settleWithError(record, entry, 'refused', verdict.refusal);
    return;
  }
  if (verdict?.kind === 'answer') {
    settleEntry(record, entry, 'result' in verdict.body ? 'result' : 'error');
    if (!entry.isOwn) tell(record, entry, encodeAnswer(entry.idToken, verdict.body), 0);
    return;
  }
  const answer = verdict?.frame ?? frame;
  settleEntry(record, entry, answer.envelope.isError ? 'error' : 'result');
  // What the peer itself said: a server that comes back is compared with that, whatever interceptors made of it.
  if (!answer.envelope.isError) {
    learnFromAnswer(record, entry, frame);
    learnAnnounced(record, entry, answer, via);
  }
  if (entry.isOwn) return;
  const exchange = entry.direction === 'client-to-server' ? entry.exchange : via?.exchange;
  const message = underRequesterId(entry, answer);
  record.unit.effect(forwarded(opposite(entry.direction), message, answer, undefined, exchange, via?.status ?? 0));
}

/** Its answer was dropped: the request waits on, as if there had been none. */
function waitOn(record: SessionRecord, entry: PendingEntry): void {
  const held = entry.state === 'open' ? undefined : record.held.of(entry);
  if (held === undefined) return;
  removeHeld(record, held);
  record.unit.later(() => {
    entry.state = 'open';
  });
}

/** The answer as its requester knows it. */
function underRequesterId(entry: PendingEntry, answer: Frame): readonly Uint8Array[] | undefined {
  if (answer.envelope.id === undefined) return [encodeAsErrorOf(entry.idToken, answer.bytes)];
  const { id } = entry;
  if (!entry.isRenamed) return undefined;
  return rewriteFrame(answer, entry.budget === listen ? { id, subscriptionId: id } : { id });
}

/** An error that names no request. Who does not let it pass has no request to answer in its place either. */
function passUnnamed(
  record: SessionRecord,
  direction: Direction,
  frame: Frame,
  verdict: Verdict | undefined,
  via: Via | undefined,
): void {
  const { unit } = record;
  noteVerdict(record, verdict);
  if (verdict !== undefined && verdict.kind !== 'forward') {
    if (verdict.kind !== 'drop') unit.count('dropped');
    return;
  }
  const passed = verdict?.frame ?? frame;
  unit.effect(forwarded(direction, undefined, passed, undefined, via?.exchange, 0));
}

export function countStray(record: SessionRecord, direction: Direction, id: RequestId): void {
  const key = idKey(0, id);
  const asked = opposite(direction);
  const kind = record.tombstones.classify(asked, key);
  if (record.abandoned?.has(asked, key) === true) record.unit.later(() => record.abandoned?.delete(asked, key));
  record.unit.count(kind === 'late' ? 'lateResponses' : kind === 'duplicate' ? 'duplicateResponses' : 'bogusResponses');
}

/** A deadline fell due. It may have moved since its timer was set: then nothing happens. */
export function expireRequest(record: SessionRecord, event: RequestExpired): void {
  const { entry } = event;
  if (entry.isTaken) return;
  const expiry = expiryOf(entry, record.idleClock, event.at);
  if (expiry === undefined) return;
  const wasOpen = entry.state === 'open';
  settleWithError(
    record,
    entry,
    'timeout',
    refusal('REQUEST_TIMEOUT', {
      deadline: expiry,
      elapsedMs: Math.round(event.at - entry.startedAt),
      method: entry.method,
    }),
  );
  if (wasOpen && entry.method !== 'initialize') callOff(record, entry, 'The request timed out');
}

/** Tells the peer that works on the request to stop; where our own queue still holds the request, takes it back. */
function callOff(record: SessionRecord, entry: PendingEntry, reason: string): void {
  if (isReaderGone(record, entry.direction)) return;
  record.unit.effect({ type: 'cancel', entry, message: [encodeCancelled(entry.sentId, reason)] });
}

/**
 * The client gave up an exchange. In the modern era that cancels what it had asked in it (2026-07-28, basic/transports);
 * in the legacy era it does not, and the client may come back for the answer (R11).
 */
export function cancelExchange(record: SessionRecord, { exchange }: ExchangeClosed): void {
  for (const entry of exchange.waiting) {
    if (!entry.isModern || entry.isTaken) continue;
    const wasOpen = entry.state === 'open';
    settleEntry(record, entry, 'cancelled');
    if (wasOpen) callOff(record, entry, 'The client closed the response');
  }
}

/** The server went away: what it was asked is lost, what it asked is nobody's question any more. */
export function settleAllAsLost(record: SessionRecord, event: UpstreamLost): void {
  const why = refusal('UPSTREAM_LOST', lossData(event.loss));
  const errorText = textOfRefusal(why);
  const status = statusOfRefusal(why);
  for (const entry of record.unit.entries()) {
    if (entry.direction === 'client-to-server') {
      if (entry.state !== 'held' || !event.loss.willRestart) {
        settleWithText(record, entry, 'upstream-lost', errorText, status);
      }
    } else {
      // What the client has not seen yet needs no calling off, nor what it has answered.
      const wasOpen = entry.state === 'open';
      settleEntry(record, entry, 'upstream-lost');
      if (wasOpen) callOff(record, entry, 'The server went away');
    }
  }
  record.unit.later(() => record.abandoned?.clear('client-to-server'));
  forgetAnnounced(record);
  record.unit.count('upstreamLosses');
}

function lossData(loss: Loss): Refusal['data'] {
  return {
    reason: loss.reason,
    exitCode: loss.exitCode,
    signal: loss.signal,
    ...(loss.lastStderr.length > 0 ? { lastStderr: loss.lastStderr } : {}),
    ...(loss.detail === undefined ? {} : { detail: loss.detail }),
  };
}

/** The session ends: every request that still waits gets its outcome now, and nothing stays held. */
export function settleAll(record: SessionRecord): void {
  const reason = record.unit.endReason ?? 'internal-error';
  const { outcome, errorText, status } = endings[reason];
  const isClientGone = record.isClientGone || reason === 'client-gone';
  for (const entry of record.unit.entries()) {
    if (entry.direction === 'client-to-server') {
      if (isClientGone) settleEntry(record, entry, outcome);
      else settleWithText(record, entry, outcome, errorText, status);
    } else if (record.isUpstreamReady) {
      settleWithError(record, entry, 'client-gone', refusal('SESSION_NOT_FOUND', { reason: 'client-gone' }));
    } else settleEntry(record, entry, 'upstream-lost');
  }
  for (const held of record.held.all()) {
    if (held.entry !== undefined) continue;
    record.unit.count('dropped');
    removeHeld(record, held);
  }
  record.unit.effect({ type: 'ended', reason });
}

/** What the end of a session means to a client's request that it cuts short: the outcome, and the error that it is told. */
interface Ending {
  readonly outcome: Outcome;
  readonly errorText: string;
  readonly status: number;
}

function ending(outcome: Outcome, why: Refusal): Ending {
  return { outcome, errorText: textOfRefusal(why), status: statusOfRefusal(why) };
}

const endings: Readonly<Record<EndReason, Ending>> = {
  'client-closed': ending('client-gone', refusal('SESSION_NOT_FOUND', { reason: 'client-closed' })),
  'client-gone': ending('client-gone', refusal('SESSION_NOT_FOUND', { reason: 'client-gone' })),
  'upstream-lost': ending('upstream-lost', refusal('UPSTREAM_LOST', { reason: 'upstream-lost' })),
  'upstream-exhausted': ending('upstream-lost', refusal('UPSTREAM_LOST', { reason: 'upstream-exhausted' })),
  'upstream-changed': ending('upstream-lost', refusal('UPSTREAM_LOST', { reason: 'upstream-changed' })),
  'recovery-deadline': ending('upstream-lost', refusal('UPSTREAM_LOST', { reason: 'recovery-deadline' })),
  'initialize-timeout': ending('timeout', refusal('REQUEST_TIMEOUT', { deadline: 'initialize-timeout' })),
  'drain-deadline': ending('timeout', refusal('REQUEST_TIMEOUT', { deadline: 'drain-deadline' })),
  age: ending('timeout', refusal('REQUEST_TIMEOUT', { deadline: 'age' })),
  idle: ending('timeout', refusal('REQUEST_TIMEOUT', { deadline: 'idle' })),
  drained: ending('refused', refusal('DRAINING', { executed: 'unknown', reason: 'drained' })),
  'shutdown-agreed': ending('refused', refusal('DRAINING', { executed: 'unknown', reason: 'shutdown-agreed' })),
  'closed-by-operator': ending('refused', refusal('SESSION_NOT_FOUND', { reason: 'closed-by-operator' })),
  'buffer-full': ending('refused', refusal('SESSION_NOT_FOUND', { reason: 'buffer-full' })),
  evicted: ending('refused', refusal('SESSION_NOT_FOUND', { reason: 'evicted' })),
  'handed-over': ending('upstream-lost', refusal('OWNER_LOST', { executed: 'unknown', reason: 'handed-over' })),
  'node-fenced': ending('upstream-lost', refusal('OWNER_LOST', { executed: 'unknown', reason: 'node-fenced' })),
  'internal-error': ending('refused', refusal('SESSION_NOT_FOUND', { reason: 'internal-error' })),
};

/** An effect did not reach its peer: the request it carried is settled; what carried none is counted. */
export function compensate(record: SessionRecord, event: EffectFailed): void {
  record.unit.count(event.cause === 'nowhere' ? 'undeliverable' : 'effectFailures');
  const { entry } = event.effect;
  if (entry === undefined || entry.isTaken || event.effect.type === 'cancel') return;
  switch (event.cause) {
    case 'buffer-full': {
      const { bufferBytesMax } = record.surroundings.limits;
      record.unit.count('refusedBuffer');
      const bytes = event.effect.message.reduce((sum, part) => sum + part.length, 0);
      const why =
        buffersFull(record, bytes) ??
        refusal('TOO_MANY_REQUESTS', { scope: 'buffer', limit: bufferBytesMax, retryAfterMs });
      settleWithError(record, entry, 'refused', why);
      return;
    }
    case 'peer-gone':
      if (entry.direction === 'client-to-server') {
        settleWithError(record, entry, 'upstream-lost', refusal('UPSTREAM_LOST', { reason: 'closed' }));
      } else {
        settleWithError(record, entry, 'client-gone', refusal('SESSION_NOT_FOUND', { reason: 'client-gone' }));
      }
      return;
    case 'nowhere':
      settleWithError(record, entry, 'client-gone', refusal('SESSION_NOT_FOUND', { reason: 'no-stream' }));
      return;
    case 'unsent':
    case 'unanswered':
      settleUnanswered(record, entry, event);
      return;
    case 'internal-error':
      settleWithError(record, entry, 'refused', refusal('INTERCEPTOR_FAILED', { part: 'session' }));
  }
}

/** A client that the server does not let in has to know it: it may have got itself other credentials since. */
function settleUnanswered(record: SessionRecord, entry: PendingEntry, event: EffectFailed): void {
  const why = refusal('UPSTREAM_LOST', failureData(event));
  const status = event.status === 401 || event.status === 403 ? event.status : statusOfRefusal(why);
  settleWithText(record, entry, 'upstream-lost', textOfRefusal(why), status);
}

function failureData({ cause, reason, status }: EffectFailed): Refusal['data'] {
  return {
    reason: cause,
    ...(reason === undefined ? {} : { detail: reason }),
    ...(status === undefined || status === 0 ? {} : { httpStatus: status }),
  };
}

/** HTTP status: what the server said cannot be passed on. */
const badGateway = 502;

/** Bytes that are no message: whoever waits for an answer to them, or through them, gets one. */
export function answerMalformed(record: SessionRecord, event: FrameMalformed): void {
  const { fault, direction, via } = event;
  const fromClient = direction === 'client-to-server';
  record.unit.count(fromClient ? 'malformedFromClient' : 'malformedFromServer');
  const why = faultRefusal(record, event);
  const id = fault.idToken === undefined ? undefined : (JSON.parse(fault.idToken) as RequestId);
  if (fault.isAnswer) {
    const entry = id === undefined ? openRequest(via) : findAnswered(record, direction, id);
    // The requester did nothing wrong, which a status of 4xx would say.
    if (entry?.state === 'open') settleWithText(record, entry, 'refused', textOfRefusal(why), badGateway);
  } else if (fault.expectsAnswer && (fromClient || id !== undefined)) {
    const entry = { direction, id: id ?? null, method: '' };
    record.unit.count('outcome.refused');
    record.unit.effect({ type: 'settled', entry, outcome: 'refused', elapsedMs: 0 });
    const exchange = fromClient ? via?.exchange : undefined;
    tell(record, { direction, exchange }, encodeRefusal(fault.idToken, why), statusOfRefusal(why));
  }
}

/** The request in whose answer a frame came, while it waits. */
function openRequest(via: Via | undefined): PendingEntry | undefined {
  return via?.request?.isTaken === false ? via.request : undefined;
}

function faultRefusal(record: SessionRecord, { fault }: FrameMalformed): Refusal {
  switch (fault.fault) {
    case 'frame-too-large':
      return refusal('FRAME_TOO_LARGE', { reason: fault.reason, limitBytes: record.surroundings.limits.frameBytesMax });
    case 'not-json':
    case 'invalid-utf8':
    case 'too-deep':
      return refusal('PARSE_ERROR', { reason: fault.reason });
    case 'not-an-object':
    case 'invalid-message':
    case 'invalid-id':
    case 'id-too-long':
    case 'empty-batch':
    case 'batch-too-large':
      return refusal('INVALID_REQUEST', { reason: fault.reason });
  }
}
