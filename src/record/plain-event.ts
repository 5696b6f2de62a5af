/**
 * The lines that nearly all lines of a long tape are, told at a glance: events whose members are numbers, names and what was settled.
 * Says yes to nothing that the schema would not take just as it stands; what it says no to is for the schema to judge.
 */

import { isJsonObject } from '../protocol/derive.ts';
import { sessionEventTypes } from '../session/events.ts';
import { outcomes, sessionStates } from '../session/outcomes.ts';
import type { SpelledEvent } from './spelled-out.ts';
import { msMax } from './tape-schema.ts';

const events: ReadonlySet<unknown> = new Set(sessionEventTypes);
const states: ReadonlySet<unknown> = new Set(sessionStates);
const ends: ReadonlySet<unknown> = new Set(outcomes);

export function isPlainEvent(
  value: Readonly<Record<string, unknown>>,
): value is SpelledEvent & Readonly<Record<string, unknown>> {
  for (const member in value) {
    if (!isPlainMember(member, value[member])) return false;
  }
  return 'seq' in value && 'at' in value && 'event' in value && 'session' in value && 'to' in value;
}

function isPlainMember(member: string, value: unknown): boolean {
  switch (member) {
    case 'seq':
    case 'session':
    case 'ticket':
    case 'bytes':
    case 'exchange':
    case 'viaRequest':
    case 'viaStatus':
    case 'sent':
      return isCount(value);
    case 'at':
      return typeof value === 'number' && value >= -msMax && value <= msMax;
    case 'event':
      return events.has(value);
    case 'from':
    case 'to':
      return states.has(value);
    case 'direction':
      return isDirection(value);
    case 'method':
      return typeof value === 'string';
    case 'id':
      return isId(value);
    case 'settled':
      return Array.isArray(value) && value.every(isPlainSettled);
    case 'body':
      return true;
    default:
      return false;
  }
}

function isPlainSettled(value: unknown): boolean {
  if (!isJsonObject(value)) return false;
  for (const member in value) {
    if (!isPlainSettledMember(member, value[member])) return false;
  }
  return 'method' in value && 'outcome' in value && 'elapsedMs' in value;
}

function isPlainSettledMember(member: string, value: unknown): boolean {
  switch (member) {
    case 'direction':
      return isDirection(value);
    case 'id':
      return isId(value);
    case 'method':
      return typeof value === 'string';
    case 'outcome':
      return ends.has(value);
    case 'elapsedMs':
      return Number.isFinite(value);
    default:
      return false;
  }
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isDirection(value: unknown): boolean {
  return value === 'client-to-server' || value === 'server-to-client';
}

function isId(value: unknown): boolean {
  return typeof value === 'string' || Number.isFinite(value);
}
