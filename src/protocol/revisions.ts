/**
 * The revisions of the Model Context Protocol and what each allows, as data. An era is a family of revisions: legacy
 * sessions begin with `initialize`, modern messages each carry their own metadata.
 */
import type { Envelope } from './envelope.ts';

export type Era = 'legacy' | 'modern';

export const revisions = ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25', '2026-07-28'] as const;

export type Revision = (typeof revisions)[number];

export interface RevisionRow {
  readonly revision: Revision;
  readonly era: Era;
  /** A JSON array of messages is a legal frame. */
  readonly allowsBatches: boolean;
  /** A session begins with `initialize` and `notifications/initialized`. */
  readonly hasHandshake: boolean;
  /** The server sends requests (sampling, elicitation, roots, ping), and so the client sends responses. */
  readonly serverMayRequest: boolean;
}

const legacy = { era: 'legacy', hasHandshake: true, serverMayRequest: true } as const;

const rows: readonly RevisionRow[] = [
  { revision: '2024-11-05', ...legacy, allowsBatches: false },
  { revision: '2025-03-26', ...legacy, allowsBatches: true },
  { revision: '2025-06-18', ...legacy, allowsBatches: false },
  { revision: '2025-11-25', ...legacy, allowsBatches: false },
  { revision: '2026-07-28', era: 'modern', allowsBatches: false, hasHandshake: false, serverMayRequest: false },
];

const rowByText: ReadonlyMap<string, RevisionRow> = new Map(rows.map((row) => [row.revision, row]));

/** The facts of a revision as it is spelled on the wire; `undefined` for a revision unknown here. */
export function revisionRow(text: string): RevisionRow | undefined {
  return rowByText.get(text);
}

/**
 * The era that a message claims for itself (2026-07-28, basic/versioning): a request is modern when it carries the
 * protocol version in `_meta` and legacy otherwise, whatever version it names. `undefined` when the message alone does
 * not tell: a response, or a notification without claim.
 */
export function eraOf(envelope: Envelope): Era | undefined {
  if (envelope.revisionClaim !== undefined) return 'modern';
  if (envelope.kind === 'request' || envelope.method === 'notifications/initialized') return 'legacy';
  return undefined;
}
