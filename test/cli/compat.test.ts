import { describe, expect, test } from 'vitest';
import { asked } from './asked.ts';

describe('what may be asked', () => {
  test.each<[string, object]>([
    ['compat mcp-proxy --port 1 -- tsx s.js --explain', { words: ['--port', '1', '--', 'tsx', 's.js', '--explain'] }],
    ['compat mcp-proxy npx -y x -- --help', { peer: 'mcp-proxy', words: ['npx', '-y', 'x', '--', '--help'] }],
    ['compat mcp-proxy --python --explain uvx x', { isPython: true, isExplained: true, words: ['uvx', 'x'] }],
    ['compat supergateway --dry-run --stdio x', { peer: 'supergateway', isExplained: true, words: ['--stdio', 'x'] }],
    ['compat mcp-remote https://x', { peer: 'mcp-remote', isExplained: false, isPython: false, words: ['https://x'] }],
  ])('%s', async (words, request) => {
    expect(await asked(...words.split(' '))).toMatchObject(request);
  });

  test.each([
    ['compat', 'say whose command line it is'],
    ['compat tooner', "unknown proxy 'tooner'"],
  ])('%s is refused: %s', async (words, error) => {
    expect(await asked(...words.split(' '))).toContain(error);
  });
});
