/**
 * One upstream's record: its restarts within the intensity window and the loss it died of. Decides whether it may start
 * again and when; does not know what is started.
 */

import { BaseUnit } from './base-unit.ts';
import type { Loss } from './events.ts';

/** How often a lost server is started again before its session ends. Times are milliseconds. */
export interface RestartPolicy {
  /** Restarts allowed within `withinMs`; 0 never restarts. */
  readonly restartsMax: number;
  readonly withinMs: number;
  /** The first pause before a restart; it doubles with each restart in the window. */
  readonly backoffMs: number;
}

/** Three restarts within a minute, the first of them after 100 ms. */
export const defaultRestartPolicy: RestartPolicy = { restartsMax: 3, withinMs: 60_000, backoffMs: 100 };
/** A server that others run comes back in its own time: it is looked for as long as a session waits for it. */
export const remoteRestartPolicy: RestartPolicy = { restartsMax: 10, withinMs: 60_000, backoffMs: 100 };
/** A lost server is the end of its session. */
export const neverRestart: RestartPolicy = { restartsMax: 0, withinMs: 60_000, backoffMs: 0 };

export type UpstreamState = 'idle' | 'starting' | 'ready' | 'leaving' | 'backingOff' | 'stopping' | 'stopped';

/** What the connection to the server reports. */
export type Departure = Omit<Loss, 'willRestart'>;

export type UpstreamEvent =
  | { readonly type: 'upstream.start'; readonly at: number }
  | { readonly type: 'upstream.stop'; readonly at: number }
  | { readonly type: 'connection.ready'; readonly at: number }
  | { readonly type: 'connection.leaving'; readonly at: number; readonly departure: Departure }
  | { readonly type: 'connection.lost'; readonly at: number; readonly departure: Departure };

export type UpstreamEffect =
  | { readonly type: 'connect' }
  | { readonly type: 'disconnect' }
  | { readonly type: 'announce-ready' }
  | { readonly type: 'announce-lost'; readonly loss: Loss }
  | { readonly type: 'announce-stopped'; readonly departure: Departure | undefined };

export interface UpstreamInput {
  readonly policy: RestartPolicy;
}

class UpstreamUnit extends BaseUnit<UpstreamState, UpstreamEffect> {
  /** The restarts that count, with the one that this unit stages; the pause before it depends on their number. */
  restartedAt: readonly number[] | undefined = undefined;

  protected override close(): void {
    super.close();
    this.restartedAt = undefined;
  }
}

export class UpstreamRecord {
  readonly unit = new UpstreamUnit();
  /** Kept by the runtime: how the chart's present state handles events. */
  plan: unknown = undefined;
  /** Kept by the runtime: who does what is decided here. */
  keeper: unknown = undefined;
  readonly policy: RestartPolicy;
  /** Times of the restarts that still count. */
  restartedAt: readonly number[] = [];
  lastDeparture: Departure | undefined = undefined;
  /** What was announced with the latest loss: the server is started again. */
  isRestartGranted = false;

  constructor(input: UpstreamInput) {
    this.policy = input.policy;
  }
}

type Lost = Extract<UpstreamEvent, { type: 'connection.leaving' | 'connection.lost' }>;

function recentRestarts(record: UpstreamRecord, now: number): readonly number[] {
  return record.restartedAt.filter((at) => now - at < record.policy.withinMs);
}

/** Within the intensity, and worth a try: what was never there will not be there the next time either. */
export function mayRestart(record: UpstreamRecord, event: Lost): boolean {
  const { reason } = event.departure;
  if (reason === 'spawn-failed' || reason === 'unreachable') return false;
  return recentRestarts(record, event.at).length < record.policy.restartsMax;
}

export function isRestartGranted(record: UpstreamRecord): boolean {
  return record.isRestartGranted;
}

export function connect(record: UpstreamRecord): void {
  record.unit.effect({ type: 'connect' });
}

export function disconnect(record: UpstreamRecord): void {
  record.unit.effect({ type: 'disconnect' });
}

export function announceReady(record: UpstreamRecord): void {
  record.unit.effect({ type: 'announce-ready' });
}

export function announceLoss(record: UpstreamRecord, event: Lost): void {
  noteDeparture(record, event);
  const restartedAt = [...recentRestarts(record, event.at), event.at];
  record.unit.restartedAt = restartedAt;
  record.unit.later(() => {
    record.restartedAt = restartedAt;
    record.isRestartGranted = true;
  });
  record.unit.effect({ type: 'announce-lost', loss: { ...event.departure, willRestart: true } });
}

export function announceFinalLoss(record: UpstreamRecord, event: Lost): void {
  noteDeparture(record, event);
  record.unit.later(() => {
    record.isRestartGranted = false;
  });
  record.unit.effect({ type: 'announce-lost', loss: { ...event.departure, willRestart: false } });
}

export function noteDeparture(record: UpstreamRecord, event: Lost): void {
  record.unit.later(() => {
    record.lastDeparture = event.departure;
  });
}

export function announceStopped(record: UpstreamRecord, event: UpstreamEvent): void {
  const departure = event.type === 'connection.lost' ? event.departure : record.lastDeparture;
  record.unit.effect({ type: 'announce-stopped', departure });
}

/** Milliseconds until the next start. */
export function backoffMs(record: UpstreamRecord): number {
  const { length } = record.unit.restartedAt ?? record.restartedAt;
  return record.policy.backoffMs * 2 ** Math.max(0, length - 1);
}
