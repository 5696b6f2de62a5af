import { describe, expect, test } from 'vitest';
import { asked as asks } from './asked.ts';

const asked = async (...words: readonly string[]): Promise<unknown> => asks('sessions', ...words);

describe('what may be asked', () => {
  test.each<[string, object]>([
    ['list', { do: 'list', of: {}, json: false }],
    ['list --json', { do: 'list', json: true }],
    ['show 4f', { do: 'show', id: '4f' }],
    ['explain 4f --pid 12', { do: 'explain', id: '4f', of: { pid: 12 } }],
    ['explain 4f --request 7', { do: 'explain', id: '4f', request: '7' }],
    ['close 4f --admin http://127.0.0.1:1/x --token-file t', { of: { admin: 'http://127.0.0.1:1', tokenFile: 't' } }],
    ['tag 4f mine', { do: 'tag', id: '4f', tag: 'mine', isRemoved: false }],
    ['tag 4f mine --remove', { do: 'tag', isRemoved: true }],
  ])('sessions %s', async (words, request) => {
    expect(await asked(...words.split(' '))).toMatchObject(request);
  });

  test.each([
    ['', "say what to do: 'ninelives sessions list'"],
    ['destroy', "unknown command 'destroy'"],
    ['show', "missing required argument 'id'"],
    ['tag 4f', "missing required argument 'tag'"],
    ['list --pid x', 'whole number'],
    ['list --admin http://h', '--admin and --token-file go together'],
    ['list --token-file t', '--admin and --token-file go together'],
    ['list --admin ftp://h --token-file t', 'this is no http:// URL'],
    ['list --admin http://h --token-file t --pid 1', 'say --pid or --admin, not both'],
  ])('sessions %s is refused: %s', async (words, error) => {
    expect(await asked(...words.split(' ').filter((word) => word !== ''))).toContain(error);
  });
});
