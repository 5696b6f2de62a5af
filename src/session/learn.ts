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
import type { Frame } from '../protocol/envelope.ts';
import type { PendingEntry } from './pending.ts';
import type { SessionRecord } from './record.ts';
import { isTerminalTaskStatus } from './tasks.ts';

const remembered: ReadonlySet<string> = new Set([
  'initialize',
  'logging/setLevel',
  'resources/subscribe',
  'resources/unsubscribe',
  'tasks/result',
  'tasks/cancel',
]);

/** The request's own bytes are kept until its answer comes, because the answer alone does not say what was agreed. */
export function isRemembered(method: string): boolean {
  return remembered.has(method);
}

/** A copy: the original is a slice of whatever chunk it came in, and would keep all of it alive. */
export function keep(frame: Frame): Frame {
  return { bytes: frame.bytes.slice(), envelope: frame.envelope };
}

export function learnFromAnswer(record: SessionRecord, entry: PendingEntry, answer: Frame): void {
  if (answer.envelope.isError) return;
  if (entry.asksTask) learnTask(record, entry, answer);
  if (entry.remembers === undefined) return;
  const { unit } = record;
  switch (entry.method) {
    case 'initialize':
      learnHandshake(record, entry.remembers, answer);
      return;
    case 'logging/setLevel':
      unit.learn({ loggingLevel: entry.remembers });
      return;
    case 'resources/subscribe':
    case 'resources/unsubscribe':
      learnSubscription(record, entry.method, entry.remembers);
      return;
    case 'tasks/result':
    case 'tasks/cancel': {
      const taskId = readTaskParam(entry.remembers.bytes);
      if (taskId !== undefined) unit.later(() => record.tasks.remove(taskId));
    }
  }
}

function learnHandshake(record: SessionRecord, request: Frame, answer: Frame): void {
  const params = readInitializeParams(request.bytes);
  const result = readInitializeResult(answer.bytes);
  if (result === undefined) return;
  record.unit.learn({
    initialize: request,
    protocolVersion: result.protocolVersion,
    clientName: params?.clientInfo.name,
    serverName: result.serverInfo.name,
    serverCapabilities: JSON.stringify(result.capabilities),
  });
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
  const task = { taskId, method: entry.method, progressToken: entry.progressToken };
  record.unit.later(() => record.tasks.add(task));
}

export function learnFromTaskStatus(record: SessionRecord, frame: Frame): void {
  const status = readTaskStatus(frame.bytes);
  if (status !== undefined && isTerminalTaskStatus(status.status)) {
    record.unit.later(() => record.tasks.remove(status.taskId));
  }
}
