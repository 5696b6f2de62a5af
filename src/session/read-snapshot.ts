/**
 * Reads a snapshot that somebody kept: as JSON gave it back, and perhaps as somebody changed it meanwhile. Nothing of what comes
 * in goes on: what is known is checked and copied, what a later release may have added is left behind, and a counter that an
 * earlier one did not have is 0. Versions that are not known are refused.
 */

import { LocalError } from '../local-error.ts';
import type { Direction, FrameKind, RequestId } from '../protocol/envelope.ts';
import { type CounterName, counterNames } from './counters.ts';
import type { Expiry } from './deadlines.ts';
import { budgets } from './limits.ts';
import { type EndReason, type SessionState, sessionStates, statusOf } from './outcomes.ts';
import type { EntryState } from './pending.ts';
import {
  type HeldSnapshot,
  type PendingSnapshot,
  type SessionSnapshot,
  type TransitionCount,
  snapshotVersion,
} from './snapshot.ts';
import { transportTypes } from './transport-types.ts';

/** No limit of a session is set higher by anybody who means it. */
const itemsMax = 100_000;

const endReasons: Readonly<Record<EndReason, true>> = {
  'client-closed': true,
  'client-gone': true,
  drained: true,
  'closed-by-operator': true,
  'handed-over': true,
  'node-fenced': true,
  'shutdown-agreed': true,
  'initialize-timeout': true,
  idle: true,
  age: true,
  'drain-deadline': true,
  'upstream-lost': true,
  'upstream-exhausted': true,
  'upstream-changed': true,
  'recovery-deadline': true,
  'buffer-full': true,
  evicted: true,
  'internal-error': true,
};
const directions: readonly Direction[] = ['client-to-server', 'server-to-client'];
const kinds: readonly FrameKind[] = ['request', 'response', 'notification'];
const expiries: readonly Expiry[] = ['idle', 'absolute'];
const entryStates: readonly EntryState[] = ['held', 'open', 'answering', 'dropped'];

/** Checks one value; `name` is where it stands, for the complaint. */
type Reader<T> = (value: unknown, name: string) => T;

/**
 * A snapshot that was kept, checked member by member.
 *
 * ```ts
 * return json === undefined ? undefined : readSnapshot(JSON.parse(json));
 * ```
 * @param json what JSON.parse gave of a snapshot.
 * @returns a copy with every member that a snapshot has.
 * @throws LocalError INVALID_SNAPSHOT, which names the first member that is not as it should be.
 */
export function readSnapshot(json: unknown): SessionSnapshot {
  const at = members(json, 'the snapshot', '');
  at('version', versionNumber);
  const state = at('state', oneOf(sessionStates));
  const endReason = at('endReason', optional(oneOf(Object.keys(endReasons) as EndReason[])));
  return {
    version: snapshotVersion,
    id: at('id', text),
    state,
    status: at('status', oneOf([statusOf(state, endReason)])),
    endReason,
    transportType: at('transportType', oneOf(transportTypes)),
    principal: at('principal', optional(text)),
    route: at('route', optional(text)),
    profile: at('profile', text),
    protocolVersion: at('protocolVersion', optional(text)),
    clientName: at('clientName', optional(text)),
    serverName: at('serverName', optional(text)),
    ageMs: at('ageMs', amount),
    sinceClientMs: at('sinceClientMs', optional(amount)),
    sinceServerMs: at('sinceServerMs', optional(amount)),
    frames: at('frames', amount),
    tags: at('tags', listOf(text)),
    pending: at('pending', listOf(pendingRequest)),
    held: at('held', listOf(heldFrame)),
    tasks: at('tasks', listOf(text)),
    counts: at('counts', amounts<CounterName>(counterNames)),
    dwellMs: at('dwellMs', amounts<SessionState>(sessionStates)),
    transitions: at('transitions', listOf(transition)),
    commits: at('commits', amount),
  };
}

function pendingRequest(value: unknown, name: string): PendingSnapshot {
  const at = members(value, name);
  return {
    id: at('id', requestId),
    direction: at('direction', oneOf(directions)),
    method: at('method', text),
    state: at('state', oneOf(entryStates)),
    budget: at('budget', oneOf(budgets)),
    ageMs: at('ageMs', amount),
    dueInMs: at('dueInMs', dueIn),
    dueBy: at('dueBy', optional(oneOf(expiries))),
    progressToken: at('progressToken', optional(requestId)),
    parent: at('parent', optional(requestId)),
  };
}

function heldFrame(value: unknown, name: string): HeldSnapshot {
  const at = members(value, name);
  return {
    ticket: at('ticket', amount),
    direction: at('direction', oneOf(directions)),
    kind: at('kind', oneOf(kinds)),
    method: at('method', text),
    bytes: at('bytes', amount),
    isDecided: at('isDecided', truth),
  };
}

function transition(value: unknown, name: string): TransitionCount {
  const at = members(value, name);
  return {
    from: at('from', oneOf(sessionStates)),
    to: at('to', oneOf(sessionStates)),
    count: at('count', amount),
  };
}

/** Reads members that are the object's own; what it inherits is not in it. */
function members(value: unknown, name: string, prefix = `${name}.`): <T>(key: string, read: Reader<T>) => T {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) refuse(name, value, 'an object');
  return (key, read) => {
    const own = Object.getOwnPropertyDescriptor(value, key);
    return read(own?.value as unknown, `${prefix}${key}`);
  };
}

function versionNumber(value: unknown, name: string): void {
  if (value !== snapshotVersion) refuse(name, value, `${snapshotVersion}, which is what this release reads`);
}

function text(value: unknown, name: string): string {
  return typeof value === 'string' ? value : refuse(name, value, 'a text');
}

function truth(value: unknown, name: string): boolean {
  return typeof value === 'boolean' ? value : refuse(name, value, 'true or false');
}

function amount(value: unknown, name: string): number {
  const isAmount = typeof value === 'number' && value >= 0 && value < Infinity;
  return isAmount ? value : refuse(name, value, 'a number from 0');
}

/** Below 0 where the request is overdue. */
function dueIn(value: unknown, name: string): number | null {
  return value === null || Number.isFinite(value) ? (value as number | null) : refuse(name, value, 'a number or null');
}

function requestId(value: unknown, name: string): RequestId {
  if (typeof value === 'string' || Number.isFinite(value)) return value as RequestId;
  return refuse(name, value, 'a text or a number');
}

function optional<T>(read: Reader<T>): Reader<T | undefined> {
  return (value, name) => (value === undefined ? undefined : read(value, name));
}

function oneOf<T extends string>(allowed: readonly T[]): Reader<T> {
  return (value, name) => {
    const found = allowed.find((one) => one === value);
    return found ?? refuse(name, value, allowed.length === 1 ? `${allowed[0]}` : `one of ${allowed.join(', ')}`);
  };
}

function listOf<T>(read: Reader<T>): Reader<readonly T[]> {
  return (value, name) => {
    if (!Array.isArray(value)) return refuse(name, value, 'a list');
    if (value.length > itemsMax) {
      throw new LocalError('INVALID_SNAPSHOT', `${name} has ${value.length} items; ${itemsMax} are read at most.`);
    }
    return Array.from(value as readonly unknown[], (item, index) => read(item, `${name}[${index}]`));
  };
}

/** Numbers by name: all of those names, and no others. */
function amounts<TName extends string>(names: readonly TName[]): Reader<Readonly<Record<TName, number>>> {
  return (value, name) => {
    const at = members(value, name);
    const read = (key: TName): number => at(key, optional(amount)) ?? 0;
    return Object.fromEntries(names.map((key) => [key, read(key)])) as Record<TName, number>;
  };
}

function refuse(name: string, value: unknown, allowed: string): never {
  throw new LocalError('INVALID_SNAPSHOT', `${name} is ${shown(value)}; it should be ${allowed}.`);
}

/** Short, whatever it is: what is refused is not to be repeated at length. */
function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'string') return `"${value.slice(0, 40)}"`;
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  return Array.isArray(value) ? 'a list' : `of type ${typeof value}`;
}
