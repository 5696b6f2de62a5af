/**
 * What happens to a frame whose turn it is: a request is admitted and sent on, a notification acts on what it names and
 * goes on, a response settles its request. The same steps serve a frame that goes straight through and one that was held.
 */

import { opposite, sizeOf, type Direction, type Frame, type RequestId } from '../protocol/envelope.ts';
import { idKey } from '../protocol/ids.ts';
import { type FrameLegality, classifyFrame } from '../protocol/classify.ts';
import { rewriteFrame, subscriptionIdOf } from '../protocol/rewrite.ts';
import { admit, newEntry, refuseEntry } from './admission.ts';
import { forgetTools } from './announced.ts';
import type { CounterName } from './counters.ts';
import { calledOff, forwarded } from './effects.ts';
import type { NotificationArrived, RequestArrived, ResponseArrived } from './events.ts';
import type { Exchange, PendingEntry, Via } from './pending.ts';
import type { Verdict } from './interception.ts';
import { learnFromTaskStatus, learnInitialized, rememberedAs } from './learn.ts';
import { listen } from './limits.ts';
import type { SessionRecord } from './record.ts';
import { exchangeOf, subscriptionBehind } from './relation.ts';
import { findAnswered, noteVerdict, settleAnswered, settleEntry, settleWithError } from './settle.ts';
import { encodeAnswer, isReaderGone, tell } from './tell.ts';

/** An interceptor's verdict on the event's frame, when it is known already. */
function verdictOf(event: { readonly verdict: Verdict | 'awaited' | undefined }): Verdict | undefined {
  return event.verdict === 'awaited' ? undefined : event.verdict;
}

export function countFrame(record: SessionRecord, direction: Direction, frame: Frame): void {
  const { unit } = record;
  unit.countFrame(direction, frame.envelope.kind, sizeOf(frame));
  const legality = classifyFrame(frame.envelope, direction, record.facts.protocolVersion);
  if (legality !== 'legal') unit.count(legalityCounter[legality]);
}

const legalityCounter = {
  'unknown-method': 'unknownMethods',
  'wrong-kind': 'wrongKind',
  'wrong-sender': 'wrongSender',
  'not-in-revision': 'notInRevision',
  'response-not-expected': 'wrongSender',
  'batch-not-allowed': 'notInRevision',
} as const satisfies Record<Exclude<FrameLegality, 'legal'>, CounterName>;

/** Takes a request on and sends it; or refuses it; or answers it in the peer's place. */
export function acceptRequest(record: SessionRecord, event: RequestArrived): void {
  const { direction, frame } = event;
  countFrame(record, direction, frame);
  const verdict = verdictOf(event);
  noteVerdict(record, verdict);
  if (verdict?.kind === 'drop') {
    admit(record, event, 'dropped');
    return;
  }
  if (verdict?.kind === 'refuse') {
    refuseEntry(record, newEntry(record, event, 'open'), verdict.refusal);
    return;
  }
  if (verdict?.kind === 'answer') {
    answerUnlisted(record, newEntry(record, event, 'open'), verdict);
    return;
  }
  const entry = admit(record, event, 'open');
  if (entry !== undefined) sendRequest(record, entry, verdict?.frame ?? frame);
}

/** R25: only the handshake and pings are due before the session is initialized; the rest is counted, not refused. */
export function countEarly(record: SessionRecord, event: RequestArrived): void {
  const { method } = event.frame.envelope;
  if (method !== 'initialize' && method !== 'ping' && method !== 'server/discover')
    record.unit.count('beforeInitialized');
}

function answerUnlisted(
  record: SessionRecord,
  entry: PendingEntry,
  verdict: Extract<Verdict, { kind: 'answer' }>,
): void {
  record.unit.settleUnlisted(entry, 'result' in verdict.body ? 'result' : 'error');
  tell(record, entry, encodeAnswer(entry.idToken, verdict.body), 0);
}

function sendRequest(record: SessionRecord, entry: PendingEntry, frame: Frame): void {
  const message = entry.isRenamed ? underSentNames(entry, frame) : undefined;
  record.unit.effect(forwarded(entry.direction, message, frame, entry, entry.exchange, 0));
}

function underSentNames(entry: PendingEntry, frame: Frame): readonly Uint8Array[] {
  const { sentId: id, progressToken } = entry;
  return rewriteFrame(frame, progressToken === undefined ? { id } : { id, progressToken });
}

/** A held request whose turn has come. Its entry has been in the table since it arrived. */
export function releaseRequest(record: SessionRecord, entry: PendingEntry, verdict: Verdict): void {
  noteVerdict(record, verdict);
  switch (verdict.kind) {
    case 'drop':
      record.unit.later(() => {
        entry.state = 'dropped';
      });
      return;
    case 'refuse':
      settleWithError(record, entry, 'refused', verdict.refusal);
      return;
    case 'answer':
      settleEntry(record, entry, 'result' in verdict.body ? 'result' : 'error');
      tell(record, entry, encodeAnswer(entry.idToken, verdict.body), 0);
      return;
    case 'forward': {
      const heldMs = Math.round(record.unit.now - entry.startedAt);
      record.unit.later(() => {
        entry.state = 'open';
        entry.heldMs = heldMs;
        entry.remembers = rememberedAs(entry.method, entry.direction, verdict.frame);
      });
      sendRequest(record, entry, verdict.frame);
    }
  }
}

/** An answer goes on, unless one that came before is still held for the same request: the first one counts (R5). */
export function acceptResponse(record: SessionRecord, event: ResponseArrived): void {
  const { direction, frame } = event;
  countFrame(record, direction, frame);
  const { id } = frame.envelope;
  const entry = id === undefined ? undefined : findAnswered(record, direction, id);
  if (entry?.state === 'answering') record.unit.count('duplicateResponses');
  else settleAnswered(record, direction, frame, verdictOf(event), event.via);
}

export function acceptNotification(record: SessionRecord, event: NotificationArrived): void {
  countFrame(record, event.direction, event.frame);
  passNotification(record, event.direction, event.frame, verdictOf(event), event.via);
}

/** Lets a notification act on what it names, and sends it on unless that has ended or somebody blocked it. */
export function passNotification(
  record: SessionRecord,
  direction: Direction,
  original: Frame,
  verdict: Verdict | undefined,
  via: Via | undefined,
): void {
  const { unit } = record;
  noteVerdict(record, verdict);
  if (verdict !== undefined && verdict.kind !== 'forward') {
    if (verdict.kind !== 'drop') unit.count('dropped');
    return;
  }
  const frame = verdict?.frame ?? original;
  switch (frame.envelope.method) {
    case 'notifications/cancelled':
      cancelRequest(record, direction, frame);
      return;
    case 'notifications/progress':
      passProgress(record, direction, frame, via);
      return;
    case 'notifications/initialized':
      learnInitialized(record, direction, frame);
      break;
    case 'notifications/tools/list_changed':
      forgetTools(record, direction);
      break;
    case 'notifications/tasks/status':
      learnFromTaskStatus(record, direction, frame);
      break;
  }
  sendNotification(record, direction, frame, via);
}

function sendNotification(record: SessionRecord, direction: Direction, frame: Frame, via: Via | undefined): void {
  const mayBeRenamed = direction === 'server-to-client' && (record.renamesRequests || record.abandoned !== undefined);
  const stream = mayBeRenamed ? subscriptionBehind(record, frame) : undefined;
  if (mayBeRenamed && stream === undefined && subscriptionIdOf(frame) !== undefined) {
    // Whoever listened has left: nothing more is said for it (2026-07-28, basic/utilities/cancellation).
    record.unit.count('dropped');
    return;
  }
  const message = stream?.isRenamed === true ? rewriteFrame(frame, { subscriptionId: stream.id }) : undefined;
  sendNotice(record, direction, frame, message, exchangeOf(record, direction, frame, via));
}

/** A notification in the words in which its reader knows what it is about. */
function sendNotice(
  record: SessionRecord,
  direction: Direction,
  frame: Frame,
  message: readonly Uint8Array[] | undefined,
  exchange: Exchange | undefined,
): void {
  if (isReaderGone(record, direction)) record.unit.count('dropped');
  else record.unit.effect(forwarded(direction, message, frame, undefined, exchange, 0));
}

/**
 * A peer gives up a request of its own (R9). The request ends here and now as `cancelled`; an answer that still comes is
 * late. A cancellation that names nothing waiting goes no further: its id may be in use again by then. `initialize` is
 * never cancelled. A server may also give up a stream that its client listens to (2026-07-28).
 */
function cancelRequest(record: SessionRecord, direction: Direction, frame: Frame): void {
  const { unit } = record;
  const id = frame.envelope.cancels;
  const entry = id === undefined ? undefined : findCancelled(record, direction, id);
  if (entry === 'several') {
    unit.count('ambiguousCancellations');
    return;
  }
  if (entry === undefined) {
    const stream = id === undefined ? undefined : findAnswered(record, direction, id);
    if (stream?.budget === listen) {
      settleEntry(record, stream, 'cancelled');
      sendNotice(record, direction, frame, rewriteFrame(frame, { cancels: stream.id }), stream.exchange);
    } else unit.count('lateCancellations');
    return;
  }
  if (entry.method === 'initialize') {
    unit.count('illegalCancellations');
    return;
  }
  const wasOpen = entry.state === 'open';
  settleEntry(record, entry, 'cancelled');
  if (!wasOpen || isReaderGone(record, direction)) return;
  unit.effect(calledOff(entry, entry.isRenamed ? rewriteFrame(frame, { cancels: entry.sentId }) : undefined, frame));
}

/** A peer calls its requests as it named them, which need not be how they were sent on. */
function findCancelled(
  record: SessionRecord,
  direction: Direction,
  id: RequestId,
): PendingEntry | 'several' | undefined {
  const renamed = record.pending.byRequesterId(direction, id);
  if (renamed === 'several' || renamed?.isTaken === false) return renamed;
  const entry = record.unit.find(direction, idKey(0, id));
  return entry?.isRenamed === true ? undefined : entry;
}

/** Progress travels against its request, keeps it from being idle, and never follows its answer (R12, R13). */
function passProgress(record: SessionRecord, direction: Direction, frame: Frame, via: Via | undefined): void {
  const { unit } = record;
  const token = frame.envelope.progressToken;
  const requestDirection = opposite(direction);
  const entry = token === undefined ? undefined : unit.findByToken(requestDirection, token);
  if (entry !== undefined) {
    const activityAt = record.idleClock.read(unit.now);
    unit.later(() => {
      entry.lastActivityAt = activityAt;
    });
    const message = underRequesterToken(frame, entry.requesterToken);
    sendNotice(record, direction, frame, message, direction === 'server-to-client' ? entry.exchange : via?.exchange);
    return;
  }
  const task = token === undefined ? undefined : record.tasks.byToken(requestDirection, token);
  if (task !== undefined) {
    const message = underRequesterToken(frame, task.requesterToken);
    sendNotice(record, direction, frame, message, exchangeOf(record, direction, frame, via));
    return;
  }
  if (token !== undefined) {
    if (record.tombstones.isRetiredToken(requestDirection, token)) {
      unit.count('lateProgress');
      if (record.profile.lateProgress === 'swallow') return;
    } else unit.count('unattributedProgress');
  }
  sendNotification(record, direction, frame, via);
}

function underRequesterToken(frame: Frame, token: RequestId | undefined): readonly Uint8Array[] | undefined {
  if (token === undefined || token === frame.envelope.progressToken) return undefined;
  return rewriteFrame(frame, { progressToken: token });
}
