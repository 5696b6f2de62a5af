/** Keys for tables of ids, and putting another id into a frame. `1` and `"1"` are different ids and get different keys. */
import type { Frame, RequestId } from './envelope.ts';

export type IdKey = string | number;

/** Begins the keys that are built; an id of the wire that begins with it is built into a key too. */
const mark = '\0';

/**
 * The key of an id within a scope, injective over both. Scope 0 is the session itself, where an id is its own key, so that
 * nothing is built for it.
 */
export function idKey(scope: number, id: RequestId): IdKey {
  if (scope === 0) return typeof id === 'string' && id.startsWith(mark) ? `${mark}0s${id}` : id;
  return `${mark}${scope}${typeof id === 'number' ? 'n' : 's'}${id}`;
}

/** The frame's bytes with `idToken` in place of its id, as slices in order; the frame as it is when it has no id. */
export function spliceId(frame: Frame, idToken: Uint8Array): readonly Uint8Array[] {
  const { bytes, envelope } = frame;
  if (envelope.idStart === -1) return [bytes];
  return [bytes.subarray(0, envelope.idStart), idToken, bytes.subarray(envelope.idEnd)];
}
