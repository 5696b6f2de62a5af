import { describe, expect, test } from 'vitest';
import { unwrappedWords, wrappedWords } from '../../../src/config/client-lists/wrapped-words.ts';

describe('a command line of ours', () => {
  test.each([
    [['ninelives'], [], { command: ['npx', '-y', 'x'] }],
    [['/usr/bin/node', '/opt/ninelives.cjs'], ['--inspect'], { command: ['forward', 'stdio', '--', 'y'] }],
    [['cmd', '/c', 'npx', '-y', 'ninelives@1.2.3'], ['--rules', 'r.yaml'], { url: 'https://h/mcp' }],
    [['C:\\node.exe', 'C:\\lib\\Ninelives.cmd'], [], { command: ['a'] }],
  ])('%j %j %j is recognised, and what it is in front of', (launcher, flags, server) => {
    const wrapped = { launcher, flags, server };
    expect(unwrappedWords(wrappedWords(wrapped))).toEqual(wrapped);
  });

  test.each([
    ['npx -y server'],
    ['forward stdio -- x'],
    ['ssh forward stdio -- x'],
    ['ninelives forward http -- x'],
    ['ninelives forward stdio --'],
    ['ninelives forward stdio --upstream'],
    ['a b c d e f ninelives forward stdio -- x'],
  ])('%s is none, or is in front of nothing', (line) => {
    expect(unwrappedWords(line.split(' '))).toBeUndefined();
  });
});
