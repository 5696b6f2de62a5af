/** Runs `ninelives doctor --leaks`: asks the processes that can be found what they hold, once or again and again. */

import { setTimeout as wait } from 'node:timers/promises';
import { askAdmin } from '../admin/client.ts';
import type { LeakReport } from '../observe/leak-audit.ts';
import type { LeaksRequest } from './doctor.ts';
import { exitCodes } from './exit-codes.ts';
import { type KnownProcess, knownProcesses, sentenceOf } from './known-processes.ts';
import type { Output } from './run-sessions.ts';
import { isColoured, printable } from './terminal.ts';

type Told = { readonly process: KnownProcess } & ({ readonly report: LeakReport } | { readonly problem: string });

/**
 * Resolves with the exit code: 1 where anything leaks, or did in any round.
 *
 * @param isOver waits so many milliseconds, and says whether that is all; asked after each round that is watched.
 */
export async function runLeaks(
  request: LeaksRequest,
  isOver: (ms: number) => Promise<boolean>,
  out: Output,
  err: Output,
): Promise<number> {
  let worst: number = exitCodes.ok;
  for (;;) {
    const code = await round(request, out, err);
    if (code !== exitCodes.ok && worst === exitCodes.ok) worst = code;
    if (request.watchMs === undefined || (await isOver(request.watchMs))) return worst;
  }
}

/** Waits between rounds, until Ctrl-C or SIGTERM ends it in order: with the exit code that says what was seen. */
export function interruptOr(): (ms: number) => Promise<boolean> {
  const interrupted = new AbortController();
  const stop = (): void => interrupted.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  return async (ms) => wait(ms, false, { signal: interrupted.signal }).catch(() => true);
}

async function round({ of, json, watchMs }: LeaksRequest, out: Output, err: Output): Promise<number> {
  const { processes, problems } = await knownProcesses(of);
  for (const problem of problems) err.write(`ninelives: ${printable(problem)}\n`);
  if (processes.length === 0) {
    if (problems.length === 0) {
      err.write(
        "ninelives: nothing that can be looked at runs here: start it with --inspect, as in 'ninelives forward http --inspect -- COMMAND'\n",
      );
    }
    return exitCodes.notManaged;
  }
  const told = await Promise.all(processes.map(ask));
  const time = watchMs === undefined ? '' : `${new Date().toTimeString().slice(0, 8)}  `;
  if (json)
    out.write(
      `${JSON.stringify({ processes: told.map(({ process, ...rest }) => ({ process: process.facts, ...rest })) })}\n`,
    );
  else out.write(told.map((each) => `${time}${linesOf(each, isColoured(out))}`).join(''));
  return told.every((each) => 'report' in each && each.report.drift.length === 0)
    ? exitCodes.ok
    : exitCodes.sessionFailed;
}

async function ask(process: KnownProcess): Promise<Told> {
  const answer = await askAdmin(process.reached, 'GET', '/debug/leaks');
  if (answer.kind !== 'answered') return { process, problem: sentenceOf(answer) };
  return { process, report: answer.body as LeakReport };
}

function linesOf(told: Told, hasColours: boolean): string {
  const { facts } = told.process;
  const name = `process ${facts.pid} (${facts.command}, in front of ${printable(facts.server)})`;
  if ('problem' in told) return `${name}: ${printable(told.problem)}\n`;
  const { has, drift } = told.report;
  const verdict =
    drift.length === 0 ? 'nothing leaks' : `${drift.length} ${drift.length === 1 ? 'thing leaks' : 'things leak'}`;
  const colour = drift.length === 0 ? '\u001b[32m' : '\u001b[31m';
  const painted = hasColours ? `${colour}${verdict}\u001b[0m` : verdict;
  const resources = Object.entries(has.resources).map(([what, count]) => `${count} ${what}`);
  const parts = [
    `${has.sessions} sessions`,
    `${has.upstreams} connections`,
    ...(has.children === undefined ? [] : [`${has.children} children`]),
    `${has.pending} waiting`,
    `${has.held + has.paused} held`,
    `${has.timers} timers`,
    `heap ${megabytes(has.heapBytes)}, resident ${megabytes(has.residentBytes)}`,
  ];
  return [
    `${name}: ${painted}`,
    `  ${parts.join(', ')}`,
    ...(resources.length === 0 ? [] : [`  ${resources.join(', ')}`]),
    ...drift.map(({ kind, message }) => `  ${kind}: ${printable(message)}`),
    '',
  ].join('\n');
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
