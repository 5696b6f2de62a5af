import { CommanderError } from 'commander';
import { describe, expect, test } from 'vitest';
import { commandLine } from '../../src/cli/program.ts';
import { idleRunners } from './idle-runners.ts';
import type { RulesRequest } from '../../src/cli/rules.ts';

/** What is asked for by a command line, or the error that it ends with. */
async function asked(...words: readonly string[]): Promise<RulesRequest | string> {
  let request: RulesRequest | undefined;
  const quiet = { writeOut: () => {}, writeErr: () => {} };
  const program = commandLine({
    ...idleRunners,
    rules: async (given) => {
      request = given;
      return Promise.resolve();
    },
  }).configureOutput(quiet);
  for (const command of [program, ...program.commands, ...program.commands.flatMap((each) => each.commands)]) {
    command.exitOverride().configureOutput(quiet);
  }
  try {
    await program.parseAsync(['rules', ...words], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return error.message;
    throw error;
  }
  return request ?? 'nothing was asked';
}

describe('ninelives rules', () => {
  test('checks a file, for people or for programs', async () => {
    expect(await asked('check', 'rules.yaml')).toEqual({ file: 'rules.yaml', json: false });
    expect(await asked('check', 'rules.yaml', '--json')).toEqual({ file: 'rules.yaml', json: true });
  });

  test('says what it wants where it is not told', async () => {
    expect(await asked()).toContain("say what to do: 'ninelives rules check FILE'");
    expect(await asked('chek', 'x')).toContain("unknown command 'chek'");
    expect(await asked('check')).toContain("missing required argument 'file'");
  });
});
