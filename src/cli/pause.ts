/** `ninelives pause`: what may be asked about messages that are held in processes that run, and decided about them. */

import { type Command, InvalidArgumentError } from 'commander';
import { addCommandGroup } from './command-group.ts';
import { type ProcessChoice, addProcessChoice, processChoiceOf } from './process-choice.ts';

export type PauseRequest = { readonly of: ProcessChoice; readonly json: boolean } & (
  | { readonly do: 'list' }
  | { readonly do: 'show' | 'resume'; readonly id: string }
  /** `file`: where the message stands that goes on instead; `-` is standard input. */
  | { readonly do: 'modify'; readonly id: string; readonly file: string }
  | { readonly do: 'block'; readonly id: string; readonly code?: number; readonly message?: string }
);

interface Flags extends ProcessChoice {
  readonly json?: boolean;
  readonly code?: number;
  readonly message?: string;
}

/** @param run does it, and sets the exit code. */
export function addPause(program: Command, run: (request: PauseRequest) => Promise<void>): void {
  const pause = addCommandGroup(program, {
    name: 'pause',
    description: 'look at messages that a breakpoint or a rule holds, and decide about them',
    examples: [
      'ninelives pause list',
      'ninelives pause show p1 --json > message.json',
      'ninelives pause modify p1 message.json',
      "ninelives pause block p1 --message 'not today'",
    ],
    usage: "'ninelives pause list'",
  });
  add(pause, 'list', 'what is held in every process', 'list --json').action(async (flags: Flags, command: Command) =>
    run({ do: 'list', ...common(flags, command) }),
  );
  add(pause, 'show <id>', 'show one message in full; with --json nothing else', 'show p1 --json > message.json').action(
    async (id: string, flags: Flags, command: Command) => run({ do: 'show', id, ...common(flags, command) }),
  );
  add(pause, 'resume <id>', 'let a message go on as it is', 'resume p1').action(
    async (id: string, flags: Flags, command: Command) => run({ do: 'resume', id, ...common(flags, command) }),
  );
  add(
    pause,
    'modify <id> <file>',
    'let the message in a file (JSON; - is standard input) go on instead',
    'modify p1 message.json',
  ).action(async (id: string, file: string, flags: Flags, command: Command) =>
    run({ do: 'modify', id, file, ...common(flags, command) }),
  );
  add(pause, 'block <id>', 'refuse a message: who waits for its answer is told so', "block p1 --message 'not today'")
    .option('--code <n>', 'the JSON-RPC code of the error (default: 4030)', wholeNumber)
    .option('--message <text>', 'the words of the error')
    .action(async (id: string, flags: Flags, command: Command) => {
      const { code, message } = flags;
      const words = { ...(code === undefined ? {} : { code }), ...(message === undefined ? {} : { message }) };
      return run({ do: 'block', id, ...words, ...common(flags, command) });
    });
}

/** @param example what follows the name of the group. */
function add(group: Command, name: string, description: string, example: string): Command {
  const command = group.command(name).description(description).option('--json', 'print JSON');
  return addProcessChoice(command).addHelpText('after', `\nExample:\n  ninelives ${group.name()} ${example}`);
}

function common(flags: Flags, command: Command): { readonly of: ProcessChoice; readonly json: boolean } {
  return { of: processChoiceOf(flags, command), json: flags.json === true };
}

/** Codes of JSON-RPC are below zero, most of ours above it. */
function wholeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value)) throw new InvalidArgumentError('It must be a whole number.');
  return value;
}
