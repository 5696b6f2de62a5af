/**
 * What observers are told of a request that has its outcome: put together when somebody listens, out of what the commit leaves
 * behind. The error that the requester is told is read from the answer that leaves with it.
 */

import { ownMember } from '../protocol/derive.ts';
import { opposite } from '../protocol/envelope.ts';
import { decodeText } from '../protocol/text.ts';
import type { Effect, SendEffect, SettledEffect } from '../session/effects.ts';
import { PendingEntry } from '../session/pending.ts';
import type { SessionRecord } from '../session/record.ts';
import type { Observation } from './observation.ts';

/** A longer error is not read for its code: observers are told while it happens. */
const errorBytesMax = 64 * 1024;

/** @param effects of the same commit, `settled` among them; an answer stands right behind it. */
export function requestSettled(
  record: SessionRecord,
  at: number,
  settled: SettledEffect,
  effects: readonly Effect[],
): Extract<Observation, { type: 'request-settled' }> {
  const { entry, outcome, elapsedMs } = settled;
  const { direction, id, method } = entry;
  return {
    type: 'request-settled',
    sessionId: record.id,
    at,
    direction,
    id,
    method,
    outcome,
    elapsedMs,
    sentAfterMs: sentAfterMs(entry),
    errorCode: outcome === 'result' ? undefined : errorCodeOf(settled, effects),
    transportType: record.transportType,
    route: record.route,
    protocolVersion: record.facts.protocolVersion,
  };
}

/** What never entered the table was refused, or answered here; and what is held or was dropped has reached nobody. */
function sentAfterMs(entry: SettledEffect['entry']): number | undefined {
  if (!(entry instanceof PendingEntry) || !entry.isTaken) return undefined;
  return entry.state === 'open' || entry.state === 'answering' ? entry.heldMs : undefined;
}

function errorCodeOf(settled: SettledEffect, effects: readonly Effect[]): number | undefined {
  const answer = effects[effects.indexOf(settled) + 1];
  if (answer?.type !== 'send' || answer.kind !== 'response') return undefined;
  if (answer.direction !== opposite(settled.entry.direction)) return undefined;
  const code = ownMember(ownMember(messageOf(answer), 'error'), 'code');
  return Number.isInteger(code) ? (code as number) : undefined;
}

/** Undefined where it is too long to be read here, or no JSON. */
function messageOf({ value, message }: SendEffect): unknown {
  if (value !== undefined) return value;
  let bytes = 0;
  for (const slice of message) bytes += slice.length;
  if (bytes > errorBytesMax) return undefined;
  try {
    return JSON.parse(message.map((slice) => decodeText(slice)).join(''));
  } catch {
    return undefined;
  }
}
