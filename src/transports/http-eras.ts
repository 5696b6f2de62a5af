/** Which revision a client may name in MCP-Protocol-Version, and what follows from it (2025-11-25, basic/transports). */

import { revisionRow } from '../protocol/revisions.ts';

/** The first revision of the modern era; revisions are dates, so later ones sort after it. */
export const firstModern = '2026-07-28';

/** The first revision whose clients understand an event without message. */
const firstPrimed = '2025-11-25';

/** Before the first revision, and spoken by SDKs to this day. */
const firstDraft = '2024-10-07';

export function namesModern(revision: string | undefined): boolean {
  return revision !== undefined && revision >= firstModern;
}

/** A stream to this client may begin with an event that says nothing but where to resume. */
export function understandsPriming(revision: string | undefined): boolean {
  return revision !== undefined && revision >= firstPrimed;
}

/** What a client of a session of this revision, or of one that has not agreed on any, may name (R15). */
export function isLegacyRevision(named: string | undefined, agreed: string | undefined): boolean {
  if (named === undefined || named === agreed || named === firstDraft) return true;
  return revisionRow(named)?.era === 'legacy';
}
