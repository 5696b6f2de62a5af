/**
 * Says whether a frame is what the protocol lets its sender send. For counting and for people: nobody drops or answers a
 * frame because of it, since real peers send more than the text allows.
 */
import type { Direction, Envelope } from './envelope.ts';
import { methodRow } from './methods.ts';
import { revisionRow } from './revisions.ts';

export type FrameLegality =
  | 'legal'
  /** No revision knows the method: an extension, or a mistake. */
  | 'unknown-method'
  /** A request without id, or a notification with one. */
  | 'wrong-kind'
  /** The method exists in this revision, for the other side. */
  | 'wrong-sender'
  /** The method exists, in other revisions. */
  | 'not-in-revision'
  /** A client's response in a revision whose servers ask nothing. */
  | 'response-not-expected'
  /** A member of a batch in a revision that has none. */
  | 'batch-not-allowed';

/**
 * @param revision the revision that governs the frame, as spelled on the wire; without it, or with one that is unknown
 *   here, a frame is legal when any revision allows it.
 * @param isBatched the frame was a member of a JSON array.
 */
export function classifyFrame(
  envelope: Envelope,
  direction: Direction,
  revision?: string,
  isBatched = false,
): FrameLegality {
  const rules = revision === undefined ? undefined : revisionRow(revision);
  if (isBatched && rules?.allowsBatches === false) return 'batch-not-allowed';
  const isFromClient = direction === 'client-to-server';
  if (envelope.kind === 'response') {
    return isFromClient && rules?.serverMayRequest === false ? 'response-not-expected' : 'legal';
  }
  const row = methodRow(envelope.method);
  if (row === undefined) return 'unknown-method';
  if (row.kind !== envelope.kind) return 'wrong-kind';
  const own = isFromClient ? row.fromClient : row.fromServer;
  const others = isFromClient ? row.fromServer : row.fromClient;
  if (rules === undefined) return own.length > 0 ? 'legal' : 'wrong-sender';
  if (own.includes(rules.revision)) return 'legal';
  return others.includes(rules.revision) ? 'wrong-sender' : 'not-in-revision';
}
