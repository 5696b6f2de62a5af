import { describe, expect, test } from 'vitest';
import { asked } from './asked.ts';

describe('what may be looked at', () => {
  test.each<[string, object]>([
    ['doctor', { do: 'check', config: undefined, rules: undefined, server: [], json: false }],
    ['doctor --config c --rules r --json', { do: 'check', config: 'c', rules: 'r', json: true }],
    ['doctor -- npx -y server --leaks', { do: 'check', server: ['npx', '-y', 'server', '--leaks'] }],
    ['doctor --leaks', { do: 'leaks', of: {}, watchMs: undefined, json: false }],
    ['doctor --leaks --watch', { watchMs: 5000 }],
    ['doctor --leaks --watch 2 --pid 7 --json', { watchMs: 2000, of: { pid: 7 }, json: true }],
  ])('%s', async (words, request) => {
    expect(await asked(...words.split(' '))).toMatchObject(request);
  });

  test.each([
    ['doctor --leaks -- x', '--leaks is about processes that run'],
    ['doctor --leaks --rules r', '--leaks is about processes that run'],
    ['doctor --watch', '--watch is for --leaks'],
    ['doctor --token-file t', '--token-file is for --leaks'],
    ['doctor --leaks --watch often', 'whole number'],
    ['doctor --leaks --admin http://h', '--admin and --token-file go together'],
  ])('%s is refused: %s', async (words, error) => {
    expect(await asked(...words.split(' '))).toContain(error);
  });
});
