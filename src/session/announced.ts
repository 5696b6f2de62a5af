/**
 * What a server behind a pipe has said of itself and cannot hold its HTTP clients to (2026-07-28): which revisions it speaks,
 * since one that an earlier message has pinned to a revision answers any other as if it were its own; and which arguments of its
 * tools travel in headers as well, since it sees none. A server on HTTP refuses for itself.
 */

import { type Refusal, refusal } from '../errors.ts';
import { readSupportedVersions } from '../protocol/bodies.ts';
import type { Direction, Frame } from '../protocol/envelope.ts';
import { learnHeaderParams, mismatchOfCall, noHeaderParams } from '../protocol/header-params.ts';
import { type Announced, nothingAnnounced } from './facts.ts';
import type { PendingEntry, Via } from './pending.ts';
import type { SessionRecord } from './record.ts';

/** @param answer as the client gets to see it: that is what it goes by. */
export function learnAnnounced(
  record: SessionRecord,
  { method, isModern, direction }: PendingEntry,
  answer: Frame,
  via: Via | undefined,
): void {
  if (!isModern || !record.hasExchanges || via !== undefined || direction === 'server-to-client') return;
  const { unit } = record;
  const { announced } = unit.facts;
  switch (method) {
    case 'server/discover':
      unit.learn({ announced: { ...announced, supportedVersions: readSupportedVersions(answer.bytes) } });
      return;
    case 'tools/list': {
      const headerParams = learnHeaderParams(announced.headerParams, answer.bytes);
      if (headerParams !== announced.headerParams) unit.learn({ announced: { ...announced, headerParams } });
    }
  }
}

/** Why a client's request is refused that its server would refuse if it saw how it came. */
export function breachOf({ unit }: SessionRecord, entry: PendingEntry, frame: Frame): Refusal | undefined {
  const { announced } = unit.facts;
  if (announced === nothingAnnounced || !entry.isModern || entry.direction === 'server-to-client') return undefined;
  const { supportedVersions = [], headerParams } = announced;
  const requested = frame.envelope.revisionClaim ?? '';
  if (isUnsupported(announced, requested)) {
    return refusal('UNSUPPORTED_PROTOCOL_VERSION', { supported: supportedVersions, requested });
  }
  const headersWith = entry.exchange?.headersWith;
  const reason = headersWith === undefined ? undefined : mismatchOfCall(frame, headerParams, headersWith);
  return reason === undefined ? undefined : refusal('HEADER_MISMATCH', { reason });
}

/** The server has said which revisions it speaks, and this is none of them. */
export function isUnsupported({ supportedVersions }: Announced, revision: string): boolean {
  return supportedVersions !== undefined && !supportedVersions.includes(revision);
}

/** The server says that its tools have changed; what they are now is not known before they are listed again. */
export function forgetTools({ unit }: SessionRecord, direction: Direction): void {
  const { announced } = unit.facts;
  if (direction === 'server-to-client' && announced.headerParams.size > 0)
    unit.learn({ announced: { ...announced, headerParams: noHeaderParams } });
}

/** The server is gone, and what comes in its place speaks for itself. */
export function forgetAnnounced({ unit }: SessionRecord): void {
  if (unit.facts.announced !== nothingAnnounced) unit.learn({ announced: nothingAnnounced });
}
