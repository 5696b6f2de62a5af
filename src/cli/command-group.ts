/** A command that does nothing by itself and has others below it: what it says of itself, and to who names none of them. */

import type { Command } from 'commander';

export interface CommandGroup {
  readonly name: string;
  readonly description: string;
  /** Command lines. */
  readonly examples: readonly string[];
  /** What to write instead, for who has named none of its commands, or one that is not there. */
  readonly usage: string;
  /** What its commands are, and what is asked of who names none. */
  readonly words?: { readonly one: string; readonly ask: string };
}

const usualWords = { one: 'command', ask: 'say what to do' };

/** Adds the group to the program, whose way to fail and to show help its commands take over. */
export function addCommandGroup(
  program: Command,
  { name, description, examples, usage, words = usualWords }: CommandGroup,
): Command {
  const title = examples.length === 1 ? 'Example' : 'Examples';
  return program
    .command(name)
    .description(description)
    .helpOption('-h, --help', 'show help')
    .helpCommand(false)
    .allowExcessArguments()
    .addHelpText('after', ['', `${title}:`, ...examples.map((example) => `  ${example}`)].join('\n'))
    .action((_flags, command: Command) => {
      const [unknown] = command.args;
      const what = unknown === undefined ? words.ask : `unknown ${words.one} '${unknown}', say`;
      command.error(`error: ${what}: ${usage}`);
    });
}
