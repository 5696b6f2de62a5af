/**
 * Coming back after the upstream was lost (U8): the handshake is replayed with an id of our own, then the log level and the
 * subscriptions. A server that comes back with another protocol version or other capabilities is another server: the
 * client's picture of it would be wrong, so the session fails instead; and so it does when there is nothing to replay.
 */

import { readInitializeResult } from '../protocol/bodies.ts';
import type { Frame, RequestId } from '../protocol/envelope.ts';
import { idKey, spliceId } from '../protocol/ids.ts';
import { readMessage } from '../protocol/read.ts';
import { decodeText, encodeText } from '../protocol/text.ts';
import { budgetOf } from './admission.ts';
import { forwarded } from './effects.ts';
import type { ResponseArrived, SessionEvent, SessionReopened, UpstreamReady } from './events.ts';
import { capabilitiesText } from './facts.ts';
import { ownIdOf } from './id-range.ts';
import { ownName } from './own-name.ts';
import { PendingEntry } from './pending.ts';
import { timesOf } from './profiles.ts';
import { wakeQueues } from './queue.ts';
import type { SessionRecord } from './record.ts';
import { findAnswered } from './settle.ts';

/** What the peers told each other elsewhere is known here from now on. */
export function recall(record: SessionRecord, event: SessionReopened): void {
  record.unit.learn(event.facts);
}

/** The server knows the session still: nothing has to be repeated to it. */
export function goesOn(_record: SessionRecord, event: UpstreamReady): boolean {
  return event.goesOn === true;
}

export function hasHandshake(record: SessionRecord): boolean {
  return record.facts.initialize !== undefined;
}

/** The peers shook hands in words too long to be kept: a server that comes back cannot be told them again. */
export function hasUnkeptHandshake({ facts }: SessionRecord): boolean {
  return facts.initialize === undefined && facts.protocolVersion !== undefined;
}

/** Sends the stored `initialize` to the server that came back. */
export function replayHandshake(record: SessionRecord, event: SessionEvent): void {
  sendOwn(record, record.facts.initialize!, event.at, 0);
}

/** The answer to the replayed `initialize` says what it said before. */
export function isReplayAccepted(record: SessionRecord, event: ResponseArrived): boolean {
  if (!isReplayAnswer(record, event) || event.frame.envelope.isError) return false;
  const result = readInitializeResult(event.frame.bytes);
  return (
    result !== undefined &&
    result.protocolVersion === record.facts.protocolVersion &&
    capabilitiesText(result.capabilities) === record.facts.serverCapabilities
  );
}

/** The response answers the replayed `initialize`. */
export function isReplayAnswer(record: SessionRecord, event: ResponseArrived): boolean {
  return ownAnswered(record, event)?.method === 'initialize';
}

/**
 * Completes the handshake and repeats what the client had set, then lets the held frames go. A client that had not said yet
 * that the handshake is complete will say so itself.
 */
export function finishRecovery(record: SessionRecord, event: ResponseArrived): void {
  const { unit, facts } = record;
  unit.settle(ownAnswered(record, event)!, 'result');
  if (facts.initialized !== undefined) {
    const { initialized } = facts;
    unit.effect(forwarded('client-to-server', [initialized.bytes], initialized, undefined, undefined, 0));
  }
  if (facts.loggingLevel !== undefined) sendOwn(record, facts.loggingLevel, event.at, 1);
  let number = 2;
  for (const request of facts.subscriptions.values()) {
    sendOwn(record, request, event.at, number++);
  }
  resumeServing(record);
}

/** The upstream takes frames again: what was held for it goes on. */
export function resumeServing(record: SessionRecord): void {
  record.unit.count('recoveries');
  record.unit.effect({ type: 'recovered' });
  wakeQueues(record);
}

/** Our own request that the response answers. */
function ownAnswered(record: SessionRecord, event: ResponseArrived): PendingEntry | undefined {
  const { id } = event.frame.envelope;
  if (event.direction !== 'server-to-client' || id === undefined) return undefined;
  const entry = findAnswered(record, event.direction, id);
  return entry?.isOwn === true ? entry : undefined;
}

/**
 * An id that no waiting request has. It names this session and this recovery; at a shared server it is one of those that are
 * the session's own, which no request of a client is sent under.
 */
function freshId(record: SessionRecord, number: number): RequestId {
  const { idBase, version, unit } = record;
  if (idBase > 0) return ownIdOf(idBase, version + number);
  let name = ownName(record, version, number);
  while (unit.find('client-to-server', idKey(0, name)) !== undefined) name += '+';
  return name;
}

/** Sends a stored request again. */
function sendOwn(record: SessionRecord, request: Frame, at: number, number: number): void {
  const { unit } = record;
  const { method } = request.envelope;
  const id = freshId(record, number);
  const entry = new PendingEntry(
    record.id,
    {
      key: idKey(0, id),
      id,
      direction: 'client-to-server',
      method,
      budget: budgetOf(record, method, 'client-to-server'),
      startedAt: at,
      times: timesOf(record.profile, record.surroundings.requestTimes, method, 'client-to-server'),
      progressToken: undefined,
      passage: undefined,
      asksTask: false,
      isModern: false,
      isOwn: true,
      remembers: undefined,
    },
    record.idleClock.read(at),
    'open',
  );
  unit.put(entry);
  const bare = withoutProgressToken(request);
  const message = spliceId(bare, encodeText(entry.idToken));
  unit.effect(forwarded('client-to-server', message, bare, entry, undefined, 0));
}

/** The client gave its token to a request that has ended, and may have given it to another since (R8). */
function withoutProgressToken(request: Frame): Frame {
  if (request.envelope.progressToken === undefined) return request;
  const message = JSON.parse(decodeText(request.bytes)) as { readonly params: { readonly _meta: object } };
  const { params } = message;
  const meta = Object.entries(params._meta).filter(([key]) => key !== 'progressToken');
  const bare = { ...message, params: { ...params, _meta: Object.fromEntries(meta) } };
  return readMessage(encodeText(JSON.stringify(bare))) as Frame;
}
