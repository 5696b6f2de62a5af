/** `ninelives rules`: what may be asked about rule files. */

import type { Command } from 'commander';
import { addCommandGroup } from './command-group.ts';
import { type ProcessChoice, addProcessChoice, processChoiceOf } from './process-choice.ts';
import { positive } from './positive.ts';
import { type RulesTestRequest, addRulesTest } from './rules-test.ts';

export type RulesRequest = { readonly file: string; /** For programs. */ readonly json: boolean } & (
  | { readonly do: 'check' }
  | { readonly do: 'dry-run'; readonly of: ProcessChoice; readonly seconds?: number }
  | RulesTestRequest
);

interface DryRunFlags extends ProcessChoice {
  readonly json?: boolean;
  readonly seconds?: number;
}

/** @param run does it, and sets the exit code. */
export function addRules(program: Command, run: (request: RulesRequest) => Promise<void>): void {
  const rules = addCommandGroup(program, {
    name: 'rules',
    description: 'check the files that --rules takes, and try them out',
    examples: ['ninelives rules check rules.yaml', 'ninelives rules dry-run next.yaml'],
    usage: "'ninelives rules check FILE'",
  });
  rules
    .command('check <file>')
    .description('say everything that is wrong with a rule file, each mistake with its line and column')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  ninelives rules check rules.yaml
  ninelives rules check rules.yaml --json

Exit code: 0 when the file is good, 1 when something is wrong with it, 2 for a wrong command line.`,
    )
    .action(async (file: string, flags: { readonly json?: boolean }) =>
      run({ do: 'check', file, json: flags.json === true }),
    );
  addProcessChoice(
    rules
      .command('dry-run <file>')
      .description('count what a rule file would do to what passes in running processes, and do nothing of it')
      .option('--seconds <n>', 'for this long, or until Ctrl-C (default: 3600)', positive)
      .option('--json', 'print JSON'),
  )
    .addHelpText(
      'after',
      `
Examples:
  ninelives rules dry-run next.yaml
  ninelives rules dry-run next.yaml --pid 4711 --seconds 600

Processes are found that were started with --inspect. Exit code: 0 when the rules were tried out, 1 when something is wrong
with the file, 2 for a wrong command line, 4 when there is no such process.`,
    )
    .action(async (file: string, flags: DryRunFlags, command: Command) => {
      const { seconds, json = false } = flags;
      const of = processChoiceOf(flags, command);
      return run({ do: 'dry-run', file, json, of, ...(seconds === undefined ? {} : { seconds }) });
    });
  addRulesTest(rules, run);
}
