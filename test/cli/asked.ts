/** What a command line asks for, as the runner of its command is told; or the error that it ends with. */
import { CommanderError } from 'commander';
import { type AllRunners, commandLine } from '../../src/cli/program.ts';
import { idleRunners } from './idle-runners.ts';

export async function asked(...words: readonly string[]): Promise<unknown> {
  let request: unknown = 'nothing was asked';
  const notes = async (given: unknown): Promise<void> => {
    request = given;
    return Promise.resolve();
  };
  const runners = Object.fromEntries(Object.keys(idleRunners).map((name) => [name, notes])) as unknown as AllRunners;
  const program = commandLine(runners);
  for (const command of [program, ...program.commands, ...program.commands.flatMap((each) => each.commands)]) {
    command.exitOverride().configureOutput({ writeOut: () => {}, writeErr: () => {} });
  }
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return error.message;
    throw error;
  }
  return request;
}
