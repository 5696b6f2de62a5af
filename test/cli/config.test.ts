import { CommanderError } from 'commander';
import { expect, test } from 'vitest';
import type { ConfigRequest } from '../../src/cli/config.ts';
import { commandLine } from '../../src/cli/program.ts';
import { idleRunners } from './idle-runners.ts';

async function asked(...words: readonly string[]): Promise<ConfigRequest | string> {
  let request: ConfigRequest | undefined;
  const quiet = { writeOut: () => {}, writeErr: () => {} };
  const program = commandLine({
    ...idleRunners,
    config: async (given) => {
      request = given;
      return Promise.resolve();
    },
  }).configureOutput(quiet);
  for (const command of [program, ...program.commands, ...program.commands.flatMap((each) => each.commands)]) {
    command.exitOverride().configureOutput(quiet);
  }
  try {
    await program.parseAsync(['config', ...words], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return error.message;
    throw error;
  }
  return request ?? 'nothing';
}

test.each<[readonly string[], unknown]>([
  [['check', 'f.yaml'], { do: 'check', file: 'f.yaml' }],
  [['schema'], { do: 'schema' }],
  [['check'], "error: missing required argument 'file'"],
  [[], "error: say what to do: 'ninelives config check FILE'"],
  [['show'], "error: unknown command 'show', say: 'ninelives config check FILE'"],
])('config %j', async (words, expected) => {
  expect(await asked(...words)).toEqual(expected);
});
