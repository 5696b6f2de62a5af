/**
 * The session chart as actor logic of this runtime: commits are traced and performed, rollbacks are answered, surprises
 * are counted. The one place where a session's actor meets its host.
 */

import type { AnyMachineSnapshot } from 'xstate';
import { sessionMachine } from '../../machines/session.ts';
import { refusal } from '../errors.ts';
import type { Clock, Log } from '../ports.ts';
import type { Effect, SettledEffect } from '../session/effects.ts';
import { counterIndex } from '../session/counters.ts';
import type { FrameArrived, FrameMalformed, ResponseArrived, SessionEvent } from '../session/events.ts';
import { checkInvariants } from '../session/invariants.ts';
import { metadataOf } from '../session/metadata.ts';
import { type SessionState } from '../session/outcomes.ts';
import type { SessionRecord } from '../session/record.ts';
import { findAnswered } from '../session/settle.ts';
import { warnOfNoise } from './noise.ts';
import type { SessionHost } from './session-host.ts';
import type { Decision } from './tracer.ts';
import { type Transactional, transactional } from './transactional.ts';

export interface SessionLogicOptions {
  readonly clock: Clock;
  readonly log: Log;
  hostOf(record: SessionRecord): SessionHost | undefined;
  /** What was decided on an event, before its effects are performed. */
  decided(record: SessionRecord, event: SessionEvent, decision: Decision, effects: readonly Effect[]): void;
}

const noEffects: readonly Effect[] = [];

type Labelled = Extract<SessionEvent, { type: 'session.labelled' }>;

/** The leaf state of a snapshot under the name that records and metrics use. */
export function stateOf(snapshot: AnyMachineSnapshot): SessionState {
  const value: unknown = snapshot.value;
  if (typeof value === 'string') return value as SessionState;
  const [[parent, child]] = Object.entries(value as Record<string, string>) as [[string, string]];
  return `${parent}.${child}` as SessionState;
}

/** The event of a deadline of the chart's own, which XState knows by its name alone: for whoever lets it happen again. */
export function chartDeadline(type: string): SessionEvent {
  return { type } as SessionEvent;
}

/** Events that peers cause; all others are our own work and must come to their end whatever users' tag rules do. */
function isOwnWork(event: SessionEvent): boolean {
  return event.type !== 'frame.request' && event.type !== 'frame.response' && event.type !== 'frame.notification';
}

export function sessionLogic(
  options: SessionLogicOptions,
): Transactional<typeof sessionMachine, SessionRecord, SessionEvent> {
  const { clock, log } = options;
  return transactional<typeof sessionMachine, SessionRecord, SessionEvent, SessionState, Effect>(sessionMachine, {
    now: () => clock.now(),
    stateOf,
    isOwnWork,
    perform: (record, effects) => options.hostOf(record)?.perform(effects),
    committed: (record, event, effects) => {
      if (record.surroundings.checksInvariants) checkInvariants(record);
      if (event.type === 'frame.malformed') logMalformed(log, record, event);
      if (event.type === 'session.labelled') logRefusedLabel(log, record, event);
      // A response that answers something always has an effect.
      if (event.type === 'frame.response' && effects.length === 0) logStray(log, record, event, options.hostOf(record));
      if (log.traces) log.trace(decisionFields(record, event, effects, clock), 'decided');
      options.decided(record, event, 'committed', effects);
    },
    rolledBack: (record, event, error) => {
      options.decided(record, event, 'rolled-back', noEffects);
      log.error({ session: record.id, event: event.type, error }, 'an event failed and was rolled back');
      answerRolledBack(record, event, options.hostOf(record));
    },
    unexpected: (record, event) => {
      log.debug({ session: record.id, event: event.type, state: record.state }, 'not allowed in this state');
      options.decided(record, event, 'unexpected', noEffects);
      options.hostOf(record)?.refuseDirectly(event, refusal('NOT_ALLOWED_IN_STATE', { state: record.state }));
    },
  });
}

function logMalformed(log: Log, record: SessionRecord, { fault, direction, bytes }: FrameMalformed): void {
  const { counts, id } = record;
  const seen = counts[counterIndex.malformedFromClient]! + counts[counterIndex.malformedFromServer]!;
  warnOfNoise(log, seen, 'not a message', () => ({
    session: id,
    direction,
    fault: fault.fault,
    reason: fault.reason,
    id: fault.idToken?.slice(0, 100),
    bytes,
  }));
}

/** Its setter waits for no answer: what became of the label is told by the log and the count alone. */
function logRefusedLabel(log: Log, record: SessionRecord, event: Labelled): void {
  if (!event.isSet || record.labels.has(event.label)) return;
  const seen = record.counts[counterIndex.refusedLabels]!;
  warnOfNoise(log, seen, 'a label is too long, or one too many, and was not set', () => ({
    session: record.id,
    label: event.label.slice(0, 100),
    labels: record.labels.size,
  }));
}

/** A late response is what follows a cancellation; one that is given twice, or that nobody asked for, is a peer's defect. */
function logStray(log: Log, record: SessionRecord, event: ResponseArrived, host: SessionHost | undefined): void {
  const { counts, id } = record;
  const seen = counts[counterIndex.duplicateResponses]! + counts[counterIndex.bogusResponses]!;
  if (host === undefined || seen === host.straysSeen) return;
  host.straysSeen = seen;
  warnOfNoise(log, seen, 'nobody waits for this response', () => ({ session: id, ...frameFields(event) }));
}

/** Nothing of the event is left; who waits for its effect is told, so that nobody waits for ever. */
function answerRolledBack(record: SessionRecord, event: SessionEvent, host: SessionHost | undefined): void {
  if (host === undefined) return;
  if (event.type === 'frame.request') host.refuseDirectly(event, refusal('INTERCEPTOR_FAILED', { part: 'tag-rule' }));
  if (event.type !== 'frame.response' || event.frame.envelope.id === undefined) return;
  const entry = findAnswered(record, event.direction, event.frame.envelope.id);
  if (entry !== undefined) host.settleRolledBack(entry);
}

function decisionFields(
  record: SessionRecord,
  event: SessionEvent,
  effects: readonly Effect[],
  clock: Clock,
): Readonly<Record<string, unknown>> {
  return {
    session: record.id,
    event: event.type,
    ...('frame' in event ? frameFields(event) : {}),
    ...('ticket' in event ? { frameId: event.ticket } : {}),
    ...('news' in event && typeof event.news === 'object' ? { interceptors: event.news.steps } : {}),
    state: record.state,
    effects: effects.map((effect) => effect.type),
    settled: effects.filter((effect) => effect.type === 'settled').map(settledFields),
    metadata: metadataOf(record, () => clock.now()),
  };
}

function settledFields({ entry, outcome, elapsedMs }: SettledEffect): Readonly<Record<string, unknown>> {
  return { id: entry.id, direction: entry.direction, method: entry.method, outcome, elapsedMs };
}

/** What a log line says of a frame: where it was going and what it is called, nothing of its body. */
export function frameFields(event: FrameArrived): Readonly<Record<string, unknown>> {
  const { envelope, bytes } = event.frame;
  return {
    direction: event.direction,
    id: envelope.id,
    ...(envelope.method === '' ? {} : { method: envelope.method }),
    bytes: bytes.length,
    ...(typeof event.verdict === 'object' ? { interceptors: event.verdict.steps } : {}),
  };
}
