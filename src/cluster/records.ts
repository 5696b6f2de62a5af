/**
 * What stands in the tables of the engine, as JSON with a version. A record that cannot be read is another release's: nothing
 * is concluded from it.
 */

import { isJsonObject } from '../protocol/derive.ts';
import type { Incarnation } from './addresses.ts';

/** `dead` is final: whoever finds it there stops. */
export type LeaseState = 'up' | 'draining' | 'dead';

export interface LeaseRecord {
  readonly state: LeaseState;
  /** Of renewals: by it a node knows a renewal of its own whose answer was lost. */
  readonly count: number;
  /** How many keys the node has. */
  readonly keys: number;
}

/** `free`: given back, for whoever claims it next. A key that is over has no record. */
export interface KeyRecord {
  readonly owner: Incarnation;
  readonly state: 'owned' | 'free';
}

export interface SnapshotRecord {
  /** Of the claim that it was written under. */
  readonly epoch: number;
  /** What the session wants to be told when it is opened again. */
  readonly body: string;
}

/** What each node may have under way, and whether it wants more. */
export type BudgetRecord = Readonly<Record<Incarnation, { readonly granted: number; readonly isShort: boolean }>>;

const version = 1;

export function writeRecord(
  record: LeaseRecord | KeyRecord | SnapshotRecord | { readonly grants: BudgetRecord },
): string {
  return JSON.stringify({ version, ...record });
}

export function readLease(text: string): LeaseRecord | undefined {
  const { state, count, keys } = fieldsOf(text);
  if (state !== 'up' && state !== 'draining' && state !== 'dead') return undefined;
  return { state, count: numberFrom(count), keys: numberFrom(keys) };
}

export function readKey(text: string): KeyRecord | undefined {
  const { owner, state } = fieldsOf(text);
  if (typeof owner !== 'string' || (state !== 'owned' && state !== 'free')) return undefined;
  return { owner, state };
}

export function readSnapshot(text: string): SnapshotRecord | undefined {
  const { epoch, body } = fieldsOf(text);
  return typeof epoch === 'number' && typeof body === 'string' ? { epoch, body } : undefined;
}

export function readBudget(text: string): BudgetRecord | undefined {
  const { grants } = fieldsOf(text);
  if (!isJsonObject(grants)) return undefined;
  return Object.fromEntries(
    Object.entries(grants).map(([node, grant]) => {
      const { granted, isShort } = isJsonObject(grant) ? grant : {};
      return [node, { granted: numberFrom(granted), isShort: isShort === true }];
    }),
  );
}

/** The fields of a record of this version; none of any other. */
function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch {
    return {};
  }
  return isJsonObject(record) && record['version'] === version ? record : {};
}

function numberFrom(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
