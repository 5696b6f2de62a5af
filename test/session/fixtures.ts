/**
 * What the tests of src/session share: a session of its own with alarms and a ledger that can be looked at, events made of
 * plain messages, and the outcome of a commit as plain data. No chart and no actor: a test says which updates run.
 */

import type { Direction, Frame, RequestId } from '../../src/protocol/envelope.ts';
import { isFault } from '../../src/protocol/faults.ts';
import { idKey } from '../../src/protocol/ids.ts';
import { readMessage } from '../../src/protocol/read.ts';
import { decodeText, encodeText } from '../../src/protocol/text.ts';
import { counterNames, type CounterName, countsToJson } from '../../src/session/counters.ts';
import type { Alarm, Alarms } from '../../src/session/deadlines.ts';
import type { CancelEffect, Effect, SendEffect } from '../../src/session/effects.ts';
import type {
  FrameArrived,
  FrameDecided,
  NotificationArrived,
  RequestArrived,
  ResponseArrived,
} from '../../src/session/events.ts';
import { acceptNotification, acceptRequest, acceptResponse } from '../../src/session/forward.ts';
import {
  holdNotification,
  holdRequest,
  holdResponse,
  isStillWaiting,
  noteNews,
  releaseHeld,
} from '../../src/session/hold.ts';
import type { Verdict } from '../../src/session/interception.ts';
import { checkInvariants } from '../../src/session/invariants.ts';
import type { Journal } from '../../src/session/journal.ts';
import {
  type Budget,
  defaultLimits,
  defaultTimes,
  Ledger,
  type Limits,
  ordinary,
  type Times,
} from '../../src/session/limits.ts';
import { type Exchange, PendingEntry, type Via } from '../../src/session/pending.ts';
import { defaultProfile, standardTimes } from '../../src/session/profiles.ts';
import { hasToWait } from '../../src/session/queue.ts';
import { SessionRecord } from '../../src/session/record.ts';
import type { SessionIdentity, SessionSurroundings } from '../../src/session/session-data.ts';
import { builtInTagRules, type TagRule } from '../../src/session/tags.ts';

export const fromClient: Direction = 'client-to-server';
export const fromServer: Direction = 'server-to-client';

/** Alarms that never ring: which ones are set, and for when. A set alarm is linked, to itself. */
export class SilentAlarms implements Alarms {
  readonly dueAt = new Map<Alarm, number>();

  set(alarm: Alarm, dueAt: number): void {
    alarm.dueAt = dueAt;
    this.clear(alarm);
    if (dueAt === Infinity) return;
    alarm.alarmNext = alarm;
    this.dueAt.set(alarm, dueAt);
  }

  clear(alarm: Alarm): void {
    alarm.alarmNext = null;
    this.dueAt.delete(alarm);
  }
}

let renamed = 1000;

/** A request that waits, open since 5; one of an exchange is sent on under an id of its own. */
export function entryOf(
  id: RequestId,
  direction: Direction = fromClient,
  budget: Budget = ordinary,
  token?: RequestId,
  exchange?: Exchange,
): PendingEntry {
  const sentId = exchange === undefined || direction === fromServer ? id : ++renamed;
  return new PendingEntry(
    's1',
    {
      key: idKey(0, sentId),
      id,
      direction,
      method: 'tools/call',
      budget,
      startedAt: 5,
      times: { idleMs: 300, absoluteMs: 3000 },
      progressToken: token,
      passage: exchange && { exchange, sentId, requesterToken: token },
      asksTask: false,
      isModern: false,
      isOwn: false,
      remembers: undefined,
    },
    4,
    'open',
  );
}

/** What a message is about that somebody writes: the request that it carries, or a message that carries none. */
export function sending(entry?: PendingEntry, message: readonly Uint8Array[] = []): SendEffect {
  const kind = entry === undefined ? 'notification' : 'request';
  const direction = entry?.direction ?? fromClient;
  return { type: 'send', direction, message, kind, entry, exchange: undefined, status: 0, frame: undefined };
}

/** The same of a cancellation. */
export function cancelling(entry: PendingEntry, message: readonly Uint8Array[] = []): CancelEffect {
  return { type: 'cancel', entry, message };
}

export interface SessionOptions extends Partial<SessionIdentity> {
  readonly limits?: Partial<Limits>;
  readonly times?: Partial<Times>;
  readonly tagRules?: readonly TagRule[];
  readonly ledger?: Ledger;
  readonly journal?: Journal;
  /** The server takes no frames yet, or not any more. */
  readonly isUpstreamAway?: boolean;
  readonly occupancyChanged?: SessionSurroundings['occupancyChanged'];
}

export interface Session {
  readonly record: SessionRecord;
  readonly alarms: SilentAlarms;
  readonly ledger: Ledger;
}

/** Unless it says otherwise: a session that was opened at time 0 and whose server takes frames. */
export function openSession(options: SessionOptions = {}): Session {
  const limits = { ...defaultLimits, ...options.limits };
  const alarms = new SilentAlarms();
  const ledger = options.ledger ?? new Ledger(limits);
  const record = new SessionRecord({
    id: options.id ?? 's1',
    openedAt: options.openedAt ?? 0,
    transportType: options.transportType ?? 'in-memory',
    hasExchanges: options.hasExchanges ?? false,
    idBase: options.idBase ?? 0,
    principal: options.principal,
    route: options.route,
    profile: options.profile ?? defaultProfile,
    surroundings: {
      limits,
      times: { ...defaultTimes, ...options.times },
      requestTimes: standardTimes({ ...defaultTimes, ...options.times }),
      ledger,
      alarms,
      ...(options.journal === undefined ? {} : { journal: options.journal }),
      tagRules: [...builtInTagRules, ...(options.tagRules ?? [])],
      checksInvariants: true,
      occupancyChanged: options.occupancyChanged ?? (() => {}),
    },
  });
  record.isUpstreamReady = options.isUpstreamAway !== true;
  return { record, alarms, ledger };
}

/** One unit of work: what `transactional` does around the updates of a transition. */
export function commit<TEvent extends { readonly at: number }>(
  record: SessionRecord,
  update: (record: SessionRecord, event: TEvent) => void,
  event: TEvent,
): readonly Effect[] {
  const { unit } = record;
  unit.begin(event.at);
  try {
    update(record, event);
    unit.prepare(false);
  } catch (error) {
    unit.rollback();
    throw error;
  }
  const effects = unit.commit();
  checkInvariants(record);
  return effects;
}

export function frameOf(message: object): Frame {
  const frame = readMessage(encodeText(JSON.stringify({ jsonrpc: '2.0', ...message })));
  if (isFault(frame)) throw new Error(frame.reason);
  return frame;
}

export interface Arrival {
  readonly at?: number;
  readonly from?: Direction;
  readonly ticket?: number;
  readonly verdict?: Verdict | 'awaited';
  readonly via?: Via;
}

/** Unless it says otherwise: sent by the client at time 0, and nobody intercepts. */
function arrival({ at = 0, from = fromClient, ticket = 1, verdict, via }: Arrival, message: object) {
  return { at, direction: from, frame: frameOf(message), ticket, verdict, via };
}

export function request(id: string | number, method: string, params?: object, how: Arrival = {}): RequestArrived {
  return { type: 'frame.request', ...arrival(how, { id, method, params }) };
}

/** Unless it says otherwise, the server answers. */
export function answer(id: string | number | null, how: Arrival & { result?: unknown; error?: object } = {}) {
  const { result = {}, error, ...rest } = how;
  const message = error === undefined ? { id, result } : { id, error };
  return { type: 'frame.response', ...arrival({ from: fromServer, ...rest }, message) } satisfies ResponseArrived;
}

export function notification(method: string, params?: object, how: Arrival = {}): NotificationArrived {
  return { type: 'frame.notification', ...arrival(how, { method, params }) };
}

/** Does with a frame what an active session does with it: holds it when it has to wait, else takes it. */
export function receive(record: SessionRecord, event: FrameArrived): readonly Effect[] {
  const isHeld = hasToWait(record, event);
  switch (event.type) {
    case 'frame.request':
      return commit(record, isHeld ? holdRequest : acceptRequest, event);
    case 'frame.response':
      return commit(record, isHeld ? holdResponse : acceptResponse, event);
    case 'frame.notification':
      return commit(record, isHeld ? holdNotification : acceptNotification, event);
  }
}

/** News about a held frame, as an active session takes it. */
export function decide(
  record: SessionRecord,
  ticket: number,
  news: FrameDecided['news'],
  at: number = record.lastFrameAt,
): readonly Effect[] {
  const event: FrameDecided = { type: 'frame.decided', at, ticket, news };
  return commit(record, isStillWaiting(record, event) ? noteNews : releaseHeld, event);
}

/** Gives the heads of both queues their turn, until nobody takes it. */
export function releaseAll(record: SessionRecord, effects: readonly Effect[]): readonly Effect[] {
  const all: Effect[] = [];
  const waiting = [...effects];
  for (let effect = waiting.shift(); effect !== undefined; effect = waiting.shift()) {
    if (effect.type !== 'release') all.push(effect);
    else {
      const head = record.held.first(effect.direction);
      if (head?.isDecided === true) waiting.push(...decide(record, head.ticket, 'turn'));
    }
  }
  return all;
}

export function forwardVerdict(frame: Frame, delayMs = 0): Verdict {
  return { kind: 'forward', frame, delayMs, steps: [] };
}

export const blocked: Verdict = {
  kind: 'refuse',
  refusal: { code: 'BLOCKED', data: { interceptor: 'guard' } },
  delayMs: 0,
  steps: [],
};

export function mocked(body: Extract<Verdict, { kind: 'answer' }>['body']): Verdict {
  return { kind: 'answer', body, delayMs: 0, steps: [] };
}

export function textOf(message: readonly Uint8Array[]): string {
  return message.map((part) => decodeText(part)).join('');
}

/** What the effects write, in order: to whom, and the parsed message. Cancellations count as written. */
export function written(effects: readonly Effect[]): readonly { readonly to: string; readonly message: unknown }[] {
  return effects.flatMap((effect) => {
    if (effect.type !== 'send' && effect.type !== 'cancel') return [];
    const direction = effect.type === 'send' ? effect.direction : effect.entry.direction;
    return [
      { to: direction === fromClient ? 'server' : 'client', message: JSON.parse(textOf(effect.message)) as unknown },
    ];
  });
}

/** The refusals among what is written to one side: each id with its `error.data`. */
export function refusals(effects: readonly Effect[], to: 'client' | 'server'): readonly unknown[] {
  return written(effects)
    .filter((write) => write.to === to)
    .map(({ message }) => message as { id: unknown; error?: { data?: object } })
    .flatMap(({ id, error }) => (error?.data === undefined ? [] : [{ id, ...error.data }]));
}

/** Which requests the effects tell settled, and how. */
export function settlements(effects: readonly Effect[]): readonly (readonly [unknown, string])[] {
  return effects.flatMap((effect) => (effect.type === 'settled' ? [[effect.entry.id, effect.outcome] as const] : []));
}

/** The counters that are not zero. */
export function countsOf(record: SessionRecord): Partial<Record<CounterName, number>> {
  const counts = countsToJson(record.counts);
  return Object.fromEntries(counterNames.map((name) => [name, counts[name]]).filter(([, count]) => count !== 0));
}

/** Only what is counted besides the traffic itself. */
export function remarksOf(record: SessionRecord): Partial<Record<CounterName, number>> {
  const traffic = /^(?:frames|bytes|requests|responses|notifications)From/;
  return Object.fromEntries(Object.entries(countsOf(record)).filter(([name]) => !traffic.test(name)));
}

/** The ids of the requests that wait, in the table's order. */
export function waitingIds(record: SessionRecord): readonly (string | number)[] {
  return [...record.pending.entries()].map((entry) => entry.id);
}

/** Everything a record owns, as data that can be compared: what a rollback has to leave as it was. */
export function structureOf({ record, alarms, ledger }: Session): unknown {
  const { unit: _unit, surroundings: _surroundings, profile: _profile, alarm, idleClock, ...fields } = fieldsOf(record);
  return structuredClone({
    ...fields,
    pending: [...record.pending.entries()].map((entry) => ({ ...fieldsOf(entry), alarmNext: undefined })),
    used: record.pending.used,
    held: [...record.held.all()].map((held) => ({ ...fieldsOf(held), entry: held.entry?.id, alarmNext: undefined })),
    heldBytes: record.held.bytes,
    tombstones: record.tombstones.size,
    tasks: record.tasks.toJSON(),
    idleClock: [idleClock.held, idleClock.read(1e9)],
    recentNotResult: record.recentNotResult.toJSON(),
    recentSlow: record.recentSlow.toJSON(),
    rate: record.rate.toJSON(),
    dueAt: alarm.dueAt,
    dueTimes: [...alarms.dueAt.values()],
    ledger: ledger.used,
  });
}

function fieldsOf<T extends object>(value: T): { [K in keyof T]: T[K] } {
  return Object.fromEntries(Object.entries(value)) as T;
}
