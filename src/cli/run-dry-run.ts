/**
 * Runs `ninelives rules dry-run`: has processes that run ask the rules of a file about what passes, and shows what came of it.
 * Whatever happens here, the dry run of a process ends by itself after a while.
 */

import { type AdminAnswer, askAdmin } from '../admin/client.ts';
import { type LiveDryRunReport, dryRunMsMax } from '../rules/live-dry-run.ts';
import { problemText } from '../rules/yaml-places.ts';
import { dryRunLines } from './dry-run-text.ts';
import { exitCodes } from './exit-codes.ts';
import { type KnownProcess, knownProcesses, sentenceOf } from './known-processes.ts';
import type { RulesRequest } from './rules.ts';
import type { Output } from './run-sessions.ts';
import { textOf } from './server-flags.ts';
import { printable } from './terminal.ts';

type DryRunRequest = Extract<RulesRequest, { readonly do: 'dry-run' }>;

const path = '/rules/dry-run';

/**
 * Resolves with the exit code.
 * @param isOver resolves when enough has been seen.
 */
export async function runDryRun(
  { file, of, json }: DryRunRequest,
  isOver: Promise<void>,
  out: Output,
  err: Output,
): Promise<number> {
  const complain = (what: string): void => void err.write(`ninelives: ${printable(what)}\n`);
  const read = textOf(file);
  if ('problem' in read) {
    complain(read.problem);
    return exitCodes.sessionFailed;
  }
  const { processes, problems } = await knownProcesses(of);
  for (const problem of problems) complain(problem);
  const tried: KnownProcess[] = [];
  for (const process of processes) {
    const answer = await askAdmin(process.reached, 'POST', path, { body: { text: read.text } });
    if (answer.kind === 'answered') tried.push(process);
    else if (answer.kind === 'refused' && answer.mistakes !== undefined) {
      for (const mistake of answer.mistakes) err.write(`${printable(problemText(file, mistake))}\n`);
      await Promise.all(tried.map(async ({ reached }) => askAdmin(reached, 'DELETE', path)));
      return exitCodes.sessionFailed;
    } else complain(`process ${process.facts.pid}: ${sentenceOf(answer)}`);
  }
  if (tried.length === 0) {
    if (problems.length === 0) complain('there is no process to try them out in: start one with --inspect');
    return exitCodes.notManaged;
  }
  if (!json)
    err.write(`trying ${printable(file)} out in ${tried.map(({ facts }) => `process ${facts.pid}`).join(', ')}\n`);
  await isOver;
  const reports = await Promise.all(tried.map(async ({ reached }) => askAdmin(reached, 'DELETE', path)));
  const told = tried.map(({ facts }, index) => ({
    pid: facts.pid,
    command: facts.command,
    ...reportIn(reports[index]!),
  }));
  if (json) out.write(`${JSON.stringify({ file, processes: told }, null, 2)}\n`);
  else out.write(told.map((each) => shown(each)).join(''));
  return exitCodes.ok;
}

/** Resolves after so many seconds, or when somebody interrupts. */
export async function secondsOrInterrupt(seconds = dryRunMsMax / 1000): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, seconds * 1000);
    process.once('SIGINT', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

type Told = { readonly pid: number; readonly command: string } & (
  { readonly report: LiveDryRunReport } | { readonly problem: string }
);

function reportIn(answer: AdminAnswer): { readonly report: LiveDryRunReport } | { readonly problem: string } {
  return answer.kind === 'answered'
    ? { report: answer.body as LiveDryRunReport }
    : { problem: printable(sentenceOf(answer)) };
}

function shown(told: Told): string {
  const title = `${printable(told.command)}, process ${told.pid}`;
  if ('problem' in told) return `${title}: ${told.problem}\n`;
  const lines = [`${title}: ${told.report.summary}`, ...dryRunLines(told.report)];
  return `${lines.map(printable).join('\n')}\n`;
}
