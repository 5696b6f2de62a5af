/**
 * Changes a message as a rule says: by a JSON Patch (RFC 6902) or by a merge patch (RFC 7386). The message itself stays as it
 * was; keys that mean something to JavaScript are keys like any other, or refused.
 */

import { applyPatch } from 'rfc6902';
import type { JsonObject } from '../session/interception.ts';
import type { ActionData } from './rule-schema.ts';
import { messageOf } from '../reasons.ts';

type Change = NonNullable<ActionData['modify']>;

/** @throws Error when a patch does not fit the message. */
export function changed(message: JsonObject, { patch, merge }: Change): JsonObject {
  const copy = structuredClone(message);
  if (merge !== undefined) return mergedObject(copy, merge);
  for (const operation of patch ?? []) {
    const problem = applied(copy, operation);
    if (problem !== undefined) throw new Error(`the patch does not fit: ${operation.op} ${operation.path}: ${problem}`);
  }
  return copy;
}

/** Names under which every object has something that it shares with all others. */
const shared = /\/(?:__proto__|constructor|prototype)(?:\/|$)/;

/** Does the operation; or says why it cannot be done. */
function applied(message: object, operation: NonNullable<Change['patch']>[number]): string | undefined {
  if (shared.test(operation.path) || ('from' in operation && shared.test(operation.from))) return 'no such place';
  try {
    const [error] = applyPatch(message, [structuredClone(operation)]);
    return error?.name;
  } catch (error) {
    return messageOf(error);
  }
}

function merged(target: unknown, patch: unknown): unknown {
  return isObject(patch) ? mergedObject(target, patch) : patch;
}

function mergedObject(target: unknown, patch: JsonObject): JsonObject {
  const result = new Map<string, unknown>(isObject(target) ? Object.entries(target) : []);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) result.delete(key);
    else result.set(key, merged(result.get(key), value));
  }
  return Object.fromEntries(result);
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
