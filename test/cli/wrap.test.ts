import { describe, expect, test } from 'vitest';
import { asked } from './asked.ts';

describe('what may be asked', () => {
  test.each<[string, object]>([
    ['wrap cursor', { do: 'wrap', client: 'cursor', names: [], isAll: false, flags: ['--inspect'], isAgreed: false }],
    ['wrap cursor --server a --server b --yes', { names: ['a', 'b'], isAgreed: true }],
    ['wrap vscode --config x --all --dry-run', { file: 'x', isAll: true, isDryRun: true }],
    ['wrap cursor --no-inspect -- --rules r', { flags: ['--rules', 'r'] }],
    ['wrap cursor -- --inspect 127.0.0.1:0', { flags: ['--inspect', '127.0.0.1:0'] }],
    ['wrap cursor -- --rules r', { flags: ['--inspect', '--rules', 'r'] }],
    ['unwrap cursor --server a', { do: 'unwrap', names: ['a'], flags: [] }],
  ])('%s', async (words, request) => {
    expect(await asked(...words.split(' '))).toMatchObject(request);
  });

  test.each([
    ['wrap', "missing required argument 'client'"],
    ['unwrap cursor --all', "unknown option '--all'"],
  ])('%s is refused: %s', async (words, error) => {
    expect(await asked(...words.split(' '))).toContain(error);
  });
});
