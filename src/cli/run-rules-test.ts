/** Runs `ninelives rules test`: asks the rules of a file about what passed on tapes, and says what they would have done. */

import { readTape } from '../record/read-tape.ts';
import { type DryRunReport, dryRun, dryRunText } from '../rules/dry-run.ts';
import { loadRules } from '../rules/load-rules.ts';
import type { RuleSet } from '../rules/rule-engine.ts';
import { problemText } from '../rules/yaml-places.ts';
import { counted } from '../counted.ts';
import { dryRunLines, would } from './dry-run-text.ts';
import type { Failing, RulesTestRequest } from './rules-test.ts';
import type { Say } from './run-rules.ts';
import { dryRunOver } from './tape-dry-run.ts';
import { printable } from './terminal.ts';

/** The exit code. */
export async function testRules(
  { file, json, tapes, against, failOn }: RulesTestRequest,
  say: Say,
  complain: Say,
): Promise<0 | 1> {
  const next = await rulesIn(file, complain);
  const current = against === undefined ? noRules : await rulesIn(against, complain);
  if (next === undefined || current === undefined) return 1;
  const run = dryRun(current.rules, next.rules);
  let unseen = 0;
  let isWhole = true;
  for (const tape of tapes) {
    const name = (session: number): string => (tapes.length === 1 ? `${session}` : `${session} of ${tape}`);
    const over = await dryRunOver(readTape(tape), run, name);
    unseen += over.unseen;
    if (over.problem === undefined) continue;
    isWhole = false;
    complain(`${printable(tape)}:${over.problem.line}: ${printable(over.problem.problem)}\n`);
  }
  const report = run.report();
  const failed = failOn.filter((what) => timesOf(what, report) > 0);
  const idle = next.rules
    .filter(({ id, breakpoint }) => breakpoint === undefined && report.byRule[id] === undefined)
    .map(({ id }) => id);
  if (json) {
    const said = { file, tapes, ...(against === undefined ? {} : { against }), failed, unseen, idle, ...report };
    say(`${JSON.stringify(said, null, 2)}\n`);
  } else {
    const summary = against === undefined ? would(report.next, report.frames) : dryRunText(report);
    for (const line of [
      `${file}: ${summary}`,
      ...dryRunLines(report, 'line'),
      ...idle.map((id) => `  rule ${id}: means no message`),
    ])
      say(`${printable(line)}\n`);
    if (unseen > 0)
      say(`  ${counted(unseen, 'message')} could not be asked about: not on the tape, or of a session before it\n`);
    if (next.plugins.length > 0)
      say(`  ${counted(next.plugins.length, 'plugin')} not asked: rules alone are tried out\n`);
    if (failed.length > 0) say(`failed: --fail-on ${failed.join(',')}\n`);
  }
  return isWhole && failed.length === 0 ? 0 : 1;
}

const noRules: Pick<RuleSet, 'rules'> = { rules: [] };

function timesOf(what: Failing, { next, different }: DryRunReport): number {
  return what === 'different' ? different : next[what];
}

/** Undefined where something is wrong with them; what it is was said then. */
async function rulesIn(file: string, complain: Say): Promise<RuleSet | undefined> {
  const loaded = await loadRules(file);
  if ('ruleSet' in loaded) return loaded.ruleSet;
  for (const problem of loaded.problems) complain(`${printable(problemText(file, problem))}\n`);
  return undefined;
}
