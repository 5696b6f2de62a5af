/** `ninelives rules`: what may be asked about rule files. */

import type { Command } from 'commander';
import { addCommandGroup } from './command-group.ts';

export interface RulesRequest {
  readonly file: string;
  /** For programs. */
  readonly json: boolean;
}

/** @param check does it, and sets the exit code. */
export function addRules(program: Command, check: (request: RulesRequest) => Promise<void>): void {
  const rules = addCommandGroup(program, {
    name: 'rules',
    description: 'check the files that --rules takes',
    examples: ['ninelives rules check rules.yaml'],
    usage: "'ninelives rules check FILE'",
  });
  rules
    .command('check <file>')
    .description('say everything that is wrong with a rule file, each mistake with its line and column')
    .option('--json', 'say it as JSON')
    .addHelpText(
      'after',
      `
Examples:
  ninelives rules check rules.yaml
  ninelives rules check rules.yaml --json

Exit code: 0 when the file is good, 1 when something is wrong with it, 2 for a wrong command line.`,
    )
    .action(async (file: string, flags: { readonly json?: boolean }) => check({ file, json: flags.json === true }));
}
