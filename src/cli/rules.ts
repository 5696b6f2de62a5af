/** `ninelives rules`: what may be asked about rule files. */

import type { Command } from 'commander';

export interface RulesRequest {
  readonly file: string;
  /** For programs. */
  readonly json: boolean;
}

/** @param check does it, and sets the exit code. */
export function addRules(program: Command, check: (request: RulesRequest) => Promise<void>): void {
  const rules = program
    .command('rules')
    .description('check the files that --rules takes')
    .helpOption('-h, --help', 'show help')
    .helpCommand(false)
    .allowExcessArguments()
    .addHelpText('after', '\nExample:\n  ninelives rules check rules.yaml')
    .action((_flags, command: Command) => {
      const [name] = command.args;
      const what = name === undefined ? 'say what to do' : `unknown command '${name}', say`;
      command.error(`error: ${what}: 'ninelives rules check FILE'`);
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
