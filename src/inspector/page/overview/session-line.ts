/** One session as the table shows it and as filters ask about it: the row of the feed together with its process. */

import type { SessionRow } from '../../feed-messages.ts';
import type { ProcessFacts } from '../../../observe/process-facts.ts';
import type { ProcessView } from '../store/process-view.ts';

export interface SessionLine {
  /** Of all sessions of all processes. */
  readonly key: string;
  readonly process: ProcessFacts;
  /** What the process is in front of, in a word. */
  readonly processName: string;
  readonly row: SessionRow;
  /** Milliseconds since 1970. */
  readonly openedAt: number;
  /** Of one that is looked at as it was then: when that was, in milliseconds since 1970. */
  readonly seenAt?: number;
}

/** In the order of the processes, and of their sessions. */
export function linesOf(processes: Iterable<ProcessView>): readonly SessionLine[] {
  const lines: SessionLine[] = [];
  for (const view of processes) {
    const { facts, epochOffset, rows, hello, totals } = view;
    const seen = hello?.tape === undefined || totals === undefined ? {} : { seenAt: totals.at + epochOffset };
    const processName = nameOf(view);
    for (const row of rows.values()) {
      const openedAt = row.openedAt + epochOffset;
      lines.push({ key: `${facts.pid}/${row.id}`, process: facts, processName, row, openedAt, ...seen });
    }
  }
  return lines;
}

/** How old a session is, in milliseconds; on a tape it does not grow older. */
export function ageMs({ openedAt, seenAt }: SessionLine, nowMs: number): number {
  return (seenAt ?? nowMs) - openedAt;
}

/** What a process is in front of: as its server calls itself, or, before one has said so, as it was started. */
export function nameOf({ facts, rows }: Pick<ProcessView, 'facts' | 'rows'>): string {
  for (const { serverName } of rows.values()) if (serverName !== undefined) return serverName;
  return shortServer(facts.server);
}

/** A word for what a process is in front of: the package, program or host, without what stands around it. */
export function shortServer(server: string): string {
  if (/^[a-z]+:\/\//.test(server)) return server.replace(/^[a-z]+:\/\//, '').replace(/\/.*$/, '');
  const words = server.split(/\s+/).filter((word) => word !== '' && !word.startsWith('-'));
  const runners = new Set(['npx', 'uvx', 'bunx', 'pnpm', 'dlx', 'node', 'python', 'python3', 'docker', 'run', 'sh']);
  const word = words.find((candidate) => !runners.has(baseName(candidate))) ?? words[0] ?? server;
  return baseName(word);
}

function baseName(path: string): string {
  return path.replace(/[\\/]+$/, '').replace(/^.*[\\/]/, '');
}
