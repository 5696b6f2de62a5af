/**
 * What a session learns from the answers and notifications that pass: the handshake, the log level, subscriptions, tasks.
 * It is what `recovering` repeats to a server that came back, and what metadata shows.
 */

import {
  readInitializeParams,
  readInitializeResult,
  readSubscribeUri,
  readTaskId,
  readTaskParam,
  readTaskStatus,
} from '../protocol/bodies.ts';
import { encodeNotification } from '../protocol/encode.ts';
import { keptFrame, opposite, type Direction, type Frame } from '../protocol/envelope.ts';
import type { FrameArrived } from './events.ts';
import { capabilitiesText } from './facts.ts';
import type { PendingEntry } from './pending.ts';
import type { SessionRecord } from './record.ts';
import { isTerminalTaskStatus } from './tasks.ts';

/**
 * Requests whose own bytes are kept until the answer comes, because the answer alone does not say what was agreed; and the
 * most bytes that are kept of each, since any number of them may wait. A longer one is forwarded like any other, only
 * nothing is learned from it that its answer does not say, and a handshake cannot be repeated.
 */
const rememberedBytesMax: ReadonlyMap<string, number> = new Map([
  ['initialize', 256 * 1024],
  ['logging/setLevel', 16 * 1024],
  ['resources/subscribe', 16 * 1024],
  ['resources/unsubscribe', 16 * 1024],
  ['tasks/result', 16 * 1024],
  ['tasks/cancel', 16 * 1024],
]);
const initializedBytesMax = 16 * 1024;

/** What is kept of a request until its answer comes: what is sent of it, where that is known already. */
export function rememberedOf({ frame, direction, verdict }: FrameArrived): Frame | undefined {
  const isSent = typeof verdict === 'object' && verdict.kind === 'forward';
  return rememberedAs(frame.envelope.method, direction, isSent ? verdict.frame : frame);
}

/** A client may hold tasks; all else is set at the server. Nothing is kept of what was turned into another request. */
export function rememberedAs(method: string, direction: Direction, sent: Frame): Frame | undefined {
  const bytesMax = rememberedBytesMax.get(method);
  if (bytesMax === undefined || sent.bytes.length > bytesMax || sent.envelope.method !== method) return undefined;
  return direction === 'client-to-server' || method.startsWith('tasks/') ? keptFrame(sent) : undefined;
}

/** The client's word that the handshake is complete, as a recovery repeats it; in few words where it had many. */
export function learnInitialized(record: SessionRecord, direction: Direction, frame: Frame): void {
  if (direction !== 'client-to-server') return;
  const { envelope } = frame;
  const isLong = frame.bytes.length > initializedBytesMax;
  record.unit.learn({
    initialized: isLong ? { bytes: encodeNotification(envelope.method), envelope } : keptOnce(record, keptFrame(frame)),
  });
}

export function learnFromAnswer(record: SessionRecord, entry: PendingEntry, answer: Frame): void {
  if (answer.envelope.isError) return;
  if (entry.asksTask) learnTask(record, entry, answer);
  const { method, direction, remembers } = entry;
  if (method === 'initialize' && direction === 'client-to-server') learnHandshake(record, remembers, answer);
  if (remembers === undefined) return;
  const { unit } = record;
  switch (method) {
    case 'logging/setLevel':
      unit.learn({ loggingLevel: remembers });
      return;
    case 'resources/subscribe':
    case 'resources/unsubscribe':
      learnSubscription(record, method, remembers);
      return;
    case 'tasks/result':
    case 'tasks/cancel': {
      const taskId = readTaskParam(remembers.bytes);
      if (taskId !== undefined) unit.later(() => record.tasks.remove(direction, taskId));
    }
  }
}

function learnHandshake(record: SessionRecord, request: Frame | undefined, answer: Frame): void {
  const params = request && readInitializeParams(request.bytes);
  const result = readInitializeResult(answer.bytes);
  if (result === undefined) return;
  record.unit.learn({
    initialize: request && keptOnce(record, request),
    protocolVersion: result.protocolVersion,
    clientName: params?.clientInfo.name,
    serverName: result.serverInfo.name,
    serverCapabilities: capabilitiesText(result.capabilities),
  });
}

function keptOnce({ surroundings }: SessionRecord, frame: Frame): Frame {
  return surroundings.handshakes?.shared(frame) ?? frame;
}

function learnSubscription(record: SessionRecord, method: string, request: Frame): void {
  const uri = readSubscribeUri(request.bytes);
  if (uri === undefined) return;
  const subscriptions = new Map(record.unit.facts.subscriptions);
  subscriptions.delete(uri);
  if (method === 'resources/subscribe' && subscriptions.size < record.surroundings.limits.replayedSubscriptionsMax) {
    subscriptions.set(uri, request);
  }
  record.unit.learn({ subscriptions });
}

function learnTask(record: SessionRecord, entry: PendingEntry, answer: Frame): void {
  const taskId = readTaskId(answer.bytes);
  if (taskId === undefined) return;
  const { direction, method, progressToken, requesterToken } = entry;
  const task = { taskId, direction, method, progressToken, requesterToken };
  record.unit.later(() => record.tasks.add(task));
}

/** @param direction of the notification: it comes from the task's holder, against the request that created the task. */
export function learnFromTaskStatus(record: SessionRecord, direction: Direction, frame: Frame): void {
  const status = readTaskStatus(frame.bytes);
  if (status !== undefined && isTerminalTaskStatus(status.status)) {
    record.unit.later(() => record.tasks.remove(opposite(direction), status.taskId));
  }
}
