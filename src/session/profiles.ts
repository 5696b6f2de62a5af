/**
 * Differences between MCP implementations as data, never as code (S5). A profile names the methods that mean something
 * to the session, how batches are taken, and the deadlines of single methods. Pure: reading a user's file is config's.
 */

import type { Direction } from '../protocol/envelope.ts';
import { revisionRow } from '../protocol/revisions.ts';
import type { Times } from './limits.ts';

/** Deadlines of one method, in milliseconds; what is left out is as for every method. */
export interface MethodTimes {
  readonly idleMs?: number;
  readonly absoluteMs?: number;
}

/**
 * How a client or server differs from the protocol. What a profile may say is all here; docs/reference/profiles.md has
 * examples.
 */
export interface Profile {
  readonly name: string;
  /** What this profile is for, for people. */
  readonly description: string;
  /** Requests whose successful result ends the session. No MCP revision has one; dialects do. */
  readonly shutdownMethods: readonly string[];
  /** JSON-RPC batches: as the negotiated revision says, always split, or never taken. */
  readonly batches: 'by-revision' | 'always' | 'never';
  /** Progress for a request that has ended: swallowed and counted, or passed on. */
  readonly lateProgress: 'swallow' | 'forward';
  /** Deadlines that differ from the session's, by method. `Infinity` switches one off. */
  readonly methodTimes: Readonly<Record<string, MethodTimes>>;
}

const mcp: Profile = {
  name: 'mcp',
  description: 'Model Context Protocol, every revision; what differs is taken from the negotiated one.',
  shutdownMethods: [],
  batches: 'by-revision',
  lateProgress: 'swallow',
  methodTimes: {},
};

const revisions = ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25', '2026-07-28'] as const;

/** Built-in profiles: one for each revision, for peers that negotiate one thing and do another; and known dialects. */
const builtIn: readonly Profile[] = [
  mcp,
  ...revisions.map((revision): Profile => ({
    ...mcp,
    name: `mcp-${revision}`,
    description: `Model Context Protocol ${revision}, whatever the peers negotiate.`,
    batches: revisionRow(revision)?.allowsBatches === true ? 'always' : 'never',
  })),
  {
    ...mcp,
    name: 'lsp-like',
    description: 'MCP with the shutdown request of the Language Server Protocol.',
    shutdownMethods: ['shutdown'],
  },
  {
    ...mcp,
    name: 'lenient',
    description: 'Batches in any revision, progress after the answer passed on: for clients and servers of mixed age.',
    batches: 'always',
    lateProgress: 'forward',
  },
];

/** The profiles that need no file, by name: see docs/reference/profiles.md. */
export const builtInProfiles: ReadonlyMap<string, Profile> = new Map(builtIn.map((profile) => [profile.name, profile]));

export const defaultProfile: Profile = mcp;

/** May a JSON array be split into its messages? Before a revision is negotiated nothing forbids it. */
export function acceptsBatches(profile: Profile, revision: string | undefined): boolean {
  switch (profile.batches) {
    case 'always':
      return true;
    case 'never':
      return false;
    case 'by-revision':
      return revision === undefined || revisionRow(revision)?.allowsBatches !== false;
  }
}

/** The deadlines of one request, in milliseconds; `Infinity`: none. */
export interface RequestTimes {
  readonly idleMs: number;
  readonly absoluteMs: number;
}

/** The deadlines that a session gives its requests, worked out once: an entry refers to one of them. */
export interface StandardTimes {
  readonly initialize: RequestTimes;
  readonly ping: RequestTimes;
  readonly listen: RequestTimes;
  readonly fromClient: RequestTimes;
  readonly fromServer: RequestTimes;
}

/** What a server asks its client may wait for a person, who shows no progress: only the absolute deadline counts there. */
export function standardTimes(times: Times): StandardTimes {
  return {
    initialize: { idleMs: Infinity, absoluteMs: times.initializeMs },
    ping: { idleMs: Infinity, absoluteMs: times.pingMs },
    listen: { idleMs: Infinity, absoluteMs: Infinity },
    fromClient: { idleMs: times.requestIdleMs, absoluteMs: times.requestAbsoluteMs },
    fromServer: { idleMs: Infinity, absoluteMs: times.requestAbsoluteMs },
  };
}

/** The idle and absolute deadline of a request: what its profile says of the method, or the standard. */
export function timesOf(profile: Profile, standard: StandardTimes, method: string, direction: Direction): RequestTimes {
  const usual = usualTimes(standard, method, direction);
  if (!Object.hasOwn(profile.methodTimes, method)) return usual;
  return { ...usual, ...profile.methodTimes[method] };
}

function usualTimes(standard: StandardTimes, method: string, direction: Direction): RequestTimes {
  switch (method) {
    case 'initialize':
      return standard.initialize;
    case 'ping':
      return standard.ping;
    case 'subscriptions/listen':
      return standard.listen;
    default:
      return direction === 'client-to-server' ? standard.fromClient : standard.fromServer;
  }
}
