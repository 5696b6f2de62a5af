/** Whether flags would be taken by `ninelives forward stdio`, before they are written where a client finds them. */

import { Command, CommanderError } from 'commander';
import { addForward } from './forward.ts';

const nothing = async (): Promise<void> => {};

/** The first sentence of the complaint; undefined where there is none. */
export async function forwardFlagsProblem(flags: readonly string[]): Promise<string | undefined> {
  const silent = { writeOut: () => {}, writeErr: () => {} };
  const program = new Command('ninelives').enablePositionalOptions().exitOverride().configureOutput(silent);
  addForward(program, { stdio: nothing, listening: nothing });
  for (const command of [program, ...program.commands, ...program.commands.flatMap(({ commands }) => commands)]) {
    command.exitOverride().configureOutput(silent);
  }
  try {
    await program.parseAsync(['forward', 'stdio', ...flags, '--', 'server'], { from: 'user' });
    return undefined;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.message.replace(/^error: /, '');
  }
}
