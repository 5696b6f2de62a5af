/** Keys for tables of ids, and putting another id into a frame. `1` and `"1"` are different ids and get different keys. */
import type { Frame, RequestId } from './envelope.ts';

export type IdKey = string | number;

/**
 * The key of an id within a scope, injective over both. Scope 0 is the session itself, whose ids are nearly always numbers:
 * those are their own keys, so that no string is built for them.
 */
export function idKey(scope: number, id: RequestId): IdKey {
  if (scope === 0) return typeof id === 'number' ? id : `s${id}`;
  return typeof id === 'number' ? `${scope}n${id}` : `${scope}s${id}`;
}

/** The frame's bytes with `idToken` in place of its id, as slices in order; the frame as it is when it has no id. */
export function spliceId(frame: Frame, idToken: Uint8Array): readonly Uint8Array[] {
  const { bytes, envelope } = frame;
  if (envelope.idStart === -1) return [bytes];
  return [bytes.subarray(0, envelope.idStart), idToken, bytes.subarray(envelope.idEnd)];
}
