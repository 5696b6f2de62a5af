/** Runs `ninelives breakpoints`: has processes hold messages, and shows what is set in them. */

import { askAdmin } from '../admin/client.ts';
import { counted } from '../counted.ts';
import type { Breakpoint } from '../rules/breakpoints.ts';
import type { BreakpointAsked, BreakpointsRequest } from './breakpoints.ts';
import { exitCodes } from './exit-codes.ts';
import { type Listed, holderOf, listsOf } from './holding-process.ts';
import { type KnownProcess, managedProcesses, sentenceOf, sessionCalled, titleOf } from './known-processes.ts';
import { type Output, json } from './run-sessions.ts';
import { isColoured, printable } from './terminal.ts';
import { textTable } from './text-table.ts';

const path = '/breakpoints';

/** Resolves with the exit code. */
export async function runBreakpoints(request: BreakpointsRequest, out: Output, err: Output): Promise<number> {
  const complain = (what: string): void => void err.write(`ninelives: ${printable(what)}\n`);
  const processes = await managedProcesses(request.of, complain);
  if (processes.length === 0) return exitCodes.notManaged;
  if (request.do === 'add') return add(request.breakpoint, request.json, processes, out, complain);
  const { lists, problems } = await listsOf<Breakpoint>(processes, path, 'breakpoints');
  for (const problem of problems) complain(problem);
  if (request.do === 'list') {
    if (request.json) {
      out.write(
        json({ processes: lists.map(({ process, items }) => ({ process: process.facts, breakpoints: items })) }),
      );
    } else out.write(lists.map((each) => listOf(each, isColoured(out))).join(''));
    return lists.length === 0 ? exitCodes.notManaged : exitCodes.ok;
  }
  const held = holderOf(request.id, lists, 'breakpoint');
  if ('problem' in held) {
    complain(held.problem);
    return exitCodes.notManaged;
  }
  const answer = await askAdmin(held.process.reached, 'DELETE', `${path}/${encodeURIComponent(request.id)}`);
  if (answer.kind !== 'answered') {
    complain(sentenceOf(answer));
    return exitCodes.sessionFailed;
  }
  const { pid } = held.process.facts;
  out.write(request.json ? json({ pid, id: request.id, removed: true }) : `removed ${request.id} of process ${pid}\n`);
  return exitCodes.ok;
}

/** Where one process takes it and another does not, it is set where it was taken, and both are said. */
async function add(
  asked: BreakpointAsked,
  isJson: boolean,
  processes: readonly KnownProcess[],
  out: Output,
  complain: (what: string) => void,
): Promise<number> {
  const { session: idBegin, ...rest } = asked;
  const found = idBegin === undefined ? undefined : sessionCalled(idBegin, processes);
  if (found !== undefined && 'problem' in found) {
    complain(found.problem);
    return exitCodes.notManaged;
  }
  const body = found === undefined ? rest : { ...rest, session: found.session.id };
  const set: { readonly pid: number; readonly breakpoint: Breakpoint }[] = [];
  let wasRefused = false;
  for (const { reached, facts } of found === undefined ? processes : [found.process]) {
    const answer = await askAdmin(reached, 'POST', path, { body });
    if (answer.kind === 'answered') set.push({ pid: facts.pid, breakpoint: answer.body as Breakpoint });
    else {
      wasRefused = true;
      complain(`process ${facts.pid}: ${sentenceOf(answer)}`);
    }
  }
  if (isJson) out.write(json({ breakpoints: set }));
  else for (const { pid, breakpoint } of set) out.write(`set ${breakpoint.id} in process ${pid}\n`);
  return wasRefused ? exitCodes.sessionFailed : exitCodes.ok;
}

function listOf({ process, items }: Listed<Breakpoint>, hasColours: boolean): string {
  const title = printable(titleOf(process.facts));
  if (items.length === 0) return `${title}\n  no breakpoints\n`;
  const rows = items.map(({ id, hits, timeoutMs, byDefault, ...said }) => [
    id,
    String(hits),
    said.method ?? '-',
    said.kind ?? '-',
    said.direction ?? '-',
    said.session ?? '-',
    said.transition === undefined ? '-' : `${said.transition.from ?? 'any'} -> ${said.transition.to ?? 'any'}`,
    said.when ?? '-',
    `${byDefault} after ${counted(Math.ceil(timeoutMs / 1000), 'second')}`,
  ]);
  return `${title}\n${textTable(columns, rows, hasColours)}`;
}

const columns = [
  { title: 'ID' },
  { title: 'HITS', isNumber: true },
  { title: 'METHOD', isOptional: true },
  { title: 'KIND', isOptional: true },
  { title: 'DIRECTION', isOptional: true },
  { title: 'SESSION', isOptional: true },
  { title: 'TRANSITION', isOptional: true },
  { title: 'WHEN', isOptional: true },
  { title: 'BY DEFAULT' },
] as const;
