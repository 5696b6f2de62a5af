import { Command, CommanderError } from 'commander';
import { expect, test } from 'vitest';
import { type ProcessChoice, addProcessChoice, processChoiceOf } from '../../src/cli/process-choice.ts';

function chosen(...words: readonly string[]): ProcessChoice | string {
  const command = addProcessChoice(new Command('x'))
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  try {
    command.parse(words, { from: 'user' });
    return processChoiceOf(command.opts<ProcessChoice>(), command);
  } catch (error) {
    if (error instanceof CommanderError) return error.message;
    throw error;
  }
}

test('all processes are meant, or one by its number, or one by its address and token', () => {
  expect(chosen()).toEqual({});
  expect(chosen('--pid', '7')).toEqual({ pid: 7 });
  expect(chosen('--admin', 'http://127.0.0.1:7411/x', '--token-file', 't')).toEqual({
    admin: 'http://127.0.0.1:7411',
    tokenFile: 't',
  });
});

test.each([
  [['--admin', 'http://127.0.0.1:1'], 'go together'],
  [['--admin', 'http://127.0.0.1:1', '--token-file', 't', '--pid', '1'], 'not both'],
  [['--admin', 'ftp://x', '--token-file', 't'], 'no http:// URL'],
])('%j is refused', (words, sentence) => {
  expect(chosen(...words)).toContain(sentence);
});
