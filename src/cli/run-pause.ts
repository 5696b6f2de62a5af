/** Runs `ninelives pause`: shows what is held in processes, and tells them what somebody has decided about it. */

import { readFileSync } from 'node:fs';

import { askAdmin } from '../admin/client.ts';
import { isJsonObject } from '../protocol/derive.ts';
import { messageOf } from '../reasons.ts';
import type { PausedFrame } from '../rules/pause-desk.ts';
import { exitCodes } from './exit-codes.ts';
import { type Listed, holderOf, listsOf } from './holding-process.ts';
import { managedProcesses, sentenceOf, titleOf } from './known-processes.ts';
import type { PauseRequest } from './pause.ts';
import { type Output, json } from './run-sessions.ts';
import { isColoured, printable } from './terminal.ts';
import { textTable } from './text-table.ts';

/** A list has no bodies. */
type Held = Omit<PausedFrame, 'message'>;

const path = '/pause';
const standardInput = 0;

/**
 * Resolves with the exit code.
 * @param now wall time in milliseconds, for how much longer a message waits.
 */
export async function runPause(
  request: PauseRequest,
  out: Output,
  err: Output,
  now: () => number = Date.now,
): Promise<number> {
  const complain = (what: string): void => void err.write(`ninelives: ${printable(what)}\n`);
  const instead = request.do === 'modify' ? messageIn(request.file) : undefined;
  if (instead !== undefined && 'problem' in instead) {
    complain(instead.problem);
    return exitCodes.usage;
  }
  const processes = await managedProcesses(request.of, complain);
  if (processes.length === 0) return exitCodes.notManaged;
  const { lists, problems } = await listsOf<Held>(processes, path, 'frames');
  for (const problem of problems) complain(problem);
  if (request.do === 'list') {
    if (request.json)
      out.write(json({ processes: lists.map(({ process, items }) => ({ process: process.facts, frames: items })) }));
    else out.write(lists.map((each) => listOf(each, now(), isColoured(out))).join(''));
    return lists.length === 0 ? exitCodes.notManaged : exitCodes.ok;
  }
  const held = holderOf(request.id, lists, 'held message');
  if ('problem' in held) {
    complain(held.problem);
    return exitCodes.notManaged;
  }
  const place = `${path}/${encodeURIComponent(request.id)}`;
  const { reached, facts } = held.process;
  const answer =
    request.do === 'show'
      ? await askAdmin(reached, 'GET', place)
      : await askAdmin(reached, 'POST', `${place}/${request.do}`, { body: decisionOf(request, instead?.message) });
  if (answer.kind !== 'answered') {
    complain(sentenceOf(answer));
    return answer.kind === 'refused' && answer.code === 'NOT_PAUSED' ? exitCodes.notManaged : exitCodes.sessionFailed;
  }
  if (request.do === 'show') {
    const frame = answer.body as PausedFrame;
    out.write(request.json ? json(frame.message) : shown(frame));
  } else {
    const done = doneWords[request.do];
    out.write(request.json ? json({ pid: facts.pid, id: request.id, [done]: true }) : `${done} ${request.id}\n`);
  }
  return exitCodes.ok;
}

const doneWords = { resume: 'resumed', modify: 'modified', block: 'blocked' } as const;

function decisionOf(request: PauseRequest, message: object | undefined): object {
  if (message !== undefined) return { message };
  if (request.do !== 'block') return {};
  const { code, message: words } = request;
  return { ...(code === undefined ? {} : { code }), ...(words === undefined ? {} : { message: words }) };
}

function messageIn(file: string): { readonly message: object } | { readonly problem: string } {
  try {
    const message: unknown = JSON.parse(readFileSync(file === '-' ? standardInput : file, 'utf8'));
    return isJsonObject(message) ? { message } : { problem: `${file}: a message is a JSON object` };
  } catch (error) {
    return { problem: `${file} cannot be read as a message: ${messageOf(error)}` };
  }
}

function listOf({ process, items }: Listed<Held>, now: number, hasColours: boolean): string {
  const title = printable(titleOf(process.facts));
  if (items.length === 0) return `${title}\n  nothing is held\n`;
  const rows = items.map((frame) => [
    frame.id,
    frame.sessionId.slice(0, 8),
    frame.direction,
    frame.kind,
    frame.method === '' ? '-' : frame.method,
    String(frame.bytes),
    frame.rule,
    `${frame.byDefault} in ${Math.max(0, Math.ceil((frame.decidesAt - now) / 1000))} s`,
  ]);
  return `${title}\n${textTable(columns, rows, hasColours)}`;
}

const columns = [
  { title: 'ID' },
  { title: 'SESSION' },
  { title: 'DIRECTION' },
  { title: 'KIND' },
  { title: 'METHOD', isOptional: true },
  { title: 'BYTES', isNumber: true },
  { title: 'HELD BY' },
  { title: 'BY DEFAULT' },
] as const;

function shown({ message, pausedAt, decidesAt, ...facts }: PausedFrame): string {
  const lines = Object.entries({
    ...facts,
    pausedAt: new Date(pausedAt).toISOString(),
    decidesAt: new Date(decidesAt).toISOString(),
  }).map(([name, value]) => `  ${name.padEnd(9)}  ${printable(String(value))}\n`);
  return `${lines.join('')}${json(message)}`;
}
