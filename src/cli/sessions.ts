/** `ninelives sessions`: what may be asked about the sessions of processes that run, and done to them. */

import { type Command } from 'commander';
import { addCommandGroup } from './command-group.ts';
import { type ProcessChoice, addProcessChoice, processChoiceOf } from './process-choice.ts';

export type SessionsRequest = { readonly of: ProcessChoice; readonly json: boolean } & (
  | { readonly do: 'list' }
  | { readonly do: 'show' | 'close'; readonly id: string }
  | { readonly do: 'explain'; readonly id: string; readonly request?: string }
  | { readonly do: 'tag'; readonly id: string; readonly tag: string; readonly isRemoved: boolean }
);

interface Flags extends ProcessChoice {
  readonly json?: boolean;
  readonly remove?: boolean;
  readonly request?: string;
}

/** @param run does it, and sets the exit code. */
export function addSessions(program: Command, run: (request: SessionsRequest) => Promise<void>): void {
  const sessions = addCommandGroup(program, {
    name: 'sessions',
    description: 'see and manage the sessions of processes that were started with --inspect',
    examples: ['ninelives sessions list', 'ninelives sessions explain 4f1c', 'ninelives sessions close 4f1c'],
    usage: "'ninelives sessions list'",
  });
  add(sessions, 'list', 'the open sessions of every process', 'ninelives sessions list --json').action(
    async (flags: Flags, command: Command) => run({ do: 'list', ...common(flags, command) }),
  );
  add(sessions, 'show <id>', 'all that is known of one session', 'ninelives sessions show 4f1c --json').action(
    async (id: string, flags: Flags, command: Command) => run({ do: 'show', id, ...common(flags, command) }),
  );
  add(
    sessions,
    'explain <id>',
    'what each request of a session waits for',
    'ninelives sessions explain 4f1c --request 7',
  )
    .option('--request <id>', 'only the requests with this id')
    .action(async (id: string, flags: Flags, command: Command) => {
      const { request } = flags;
      return run({ do: 'explain', id, ...(request === undefined ? {} : { request }), ...common(flags, command) });
    });
  add(
    sessions,
    'close <id>',
    'end a session now: what waits in it is answered with an error',
    'ninelives sessions close 4f1c',
  ).action(async (id: string, flags: Flags, command: Command) => run({ do: 'close', id, ...common(flags, command) }));
  add(
    sessions,
    'tag <id> <tag>',
    'put a tag of your own on a session, or take it off',
    'ninelives sessions tag 4f1c watched --remove',
  )
    .option('--remove', 'take the tag off')
    .action(async (id: string, tag: string, flags: Flags, command: Command) =>
      run({ do: 'tag', id, tag, isRemoved: flags.remove === true, ...common(flags, command) }),
    );
}

function add(sessions: Command, name: string, description: string, example: string): Command {
  const command = addProcessChoice(
    sessions.command(name).description(description).option('--json', 'print JSON'),
  ).addHelpText(
    'after',
    `
Example:
  ${example}
`,
  );
  return name.includes('<id>')
    ? command.addHelpText('after', 'The beginning of an id is enough where it is the only one.\n')
    : command;
}

function common(flags: Flags, command: Command): { readonly of: ProcessChoice; readonly json: boolean } {
  return { of: processChoiceOf(flags, command), json: flags.json === true };
}
