import { Command, CommanderError } from 'commander';
import { describe, expect, test } from 'vitest';
import { type CommandGroup, addCommandGroup } from '../../src/cli/command-group.ts';

const door: CommandGroup = {
  name: 'door',
  description: 'what is done to doors',
  examples: ['ninelives door open', 'ninelives door shut'],
  usage: "'ninelives door open'",
};

/** What is said, on either stream, until the command line ends. */
async function said(group: CommandGroup, ...words: readonly string[]): Promise<string> {
  let text = '';
  const write = (part: string): void => void (text += part);
  const program = new Command().exitOverride().configureOutput({ writeOut: write, writeErr: write });
  const added = addCommandGroup(program, group);
  added.command('open').action(() => write('opened'));
  await program.parseAsync(words, { from: 'user' }).catch((error: unknown) => {
    if (!(error instanceof CommanderError)) throw error;
  });
  return text;
}

describe('a command with others below it', () => {
  test('asks what to do, and knows which of them there are', async () => {
    expect(await said(door, 'door')).toContain("error: say what to do: 'ninelives door open'");
    expect(await said(door, 'door', 'kick')).toContain("error: unknown command 'kick', say: 'ninelives door open'");
    expect(await said(door, 'door', 'open')).toBe('opened');
    expect(await said(door, 'door', 'help')).toContain("unknown command 'help'");
  });

  test('calls them something else where they are something else', async () => {
    const words = { one: 'way', ask: 'say which way' };
    expect(await said({ ...door, words }, 'door')).toContain('error: say which way: ');
    expect(await said({ ...door, words }, 'door', 'up')).toContain("error: unknown way 'up', say: ");
  });

  test('shows help with its examples', async () => {
    expect(await said(door, 'door', '--help')).toMatch(
      /\n\nExamples:\n {2}ninelives door open\n {2}ninelives door shut\n$/,
    );
    expect(await said({ ...door, examples: ['ninelives door open'] }, 'door', '-h')).toMatch(/\n\nExample:\n/);
  });
});
