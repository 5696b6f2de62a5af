/**
 * The list of sessions, page by page: of each what one line of a table has room for. A page begins after the session that the one
 * before ended with; where that is gone by now, one that was shown may be shown again, and none is left out.
 */

import type { SessionSnapshot } from '../session/snapshot.ts';

export interface SessionSummary extends Pick<
  SessionSnapshot,
  'id' | 'state' | 'status' | 'transportType' | 'profile' | 'ageMs' | 'frames' | 'tags'
> {
  readonly principal: string | null;
  readonly route: string | null;
  readonly protocolVersion: string | null;
  readonly clientName: string | null;
  readonly serverName: string | null;
  readonly pending: number;
  readonly held: number;
}

export interface SessionPage {
  /** Of all pages together. */
  readonly total: number;
  readonly sessions: readonly SessionSummary[];
  /** To be given as `after` for the next page; `null`: this was the last. */
  readonly next: string | null;
}

export const pageSize = { usual: 100, max: 500 } as const;

/** Where a page ended: the session, and when it had opened in case that it is gone. */
export interface Cursor {
  readonly openedAt: number;
  readonly id: string;
}

export function readCursor(text: string): Cursor | undefined {
  const [, openedAt, id] = /^(\d{1,16})\.([!-~]{1,256})$/.exec(text) ?? [];
  return id === undefined ? undefined : { openedAt: Number(openedAt), id };
}

/**
 * @param sessions in the order in which they opened.
 * @param now on the clock that their ages are measured on.
 */
export function sessionPage(
  sessions: Iterable<SessionSnapshot>,
  { limit, after, now }: { readonly limit: number; readonly after: Cursor | undefined; readonly now: number },
): SessionPage {
  const all = Array.from(sessions, summaryOf);
  const begin = after === undefined ? 0 : beginAfter(all, after, now);
  const page = all.slice(begin, begin + limit);
  const last = page.at(-1);
  const hasMore = begin + limit < all.length && last !== undefined;
  return { total: all.length, sessions: page, next: hasMore ? `${openedAtOf(last, now)}.${last.id}` : null };
}

function beginAfter(all: readonly SessionSummary[], { openedAt, id }: Cursor, now: number): number {
  const last = all.findIndex((session) => session.id === id);
  if (last !== -1) return last + 1;
  // Ages are read one after the other: the same moment may come out a millisecond earlier.
  const next = all.findIndex((session) => openedAtOf(session, now) >= openedAt - 1);
  return next === -1 ? all.length : next;
}

function openedAtOf({ ageMs }: SessionSummary, now: number): number {
  return Math.max(0, Math.floor(now - ageMs));
}

function summaryOf(session: SessionSnapshot): SessionSummary {
  const { id, state, status, transportType, profile, ageMs, frames, tags } = session;
  return {
    id,
    state,
    status,
    transportType,
    principal: session.principal ?? null,
    route: session.route ?? null,
    profile,
    protocolVersion: session.protocolVersion ?? null,
    clientName: session.clientName ?? null,
    serverName: session.serverName ?? null,
    ageMs: Math.round(ageMs),
    frames,
    tags,
    pending: session.pending.length,
    held: session.held.length,
  };
}
