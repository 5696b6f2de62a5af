import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { commandOf, quoted, wordsOfCommand } from '../../src/cli/compat-shell.ts';

describe('a command for a shell', () => {
  test.each<[string, readonly string[]]>([
    ['npx -y server /', ['npx', '-y', 'server', '/']],
    [`node "my server.js"  --name='a b'`, ['node', 'my server.js', '--name=a b']],
    [`  uvx  'it'"s"  `, ['uvx', 'its']],
    [`deno run -A jsr:@omedia/mcp-server-drupal --url https://x.example.com`, ['deno', 'run', '-A', 'jsr:@omedia/mcp-server-drupal', '--url', 'https://x.example.com']], // prettier-ignore
    [`echo ""`, ['echo', '']],
  ])('%s needs none', (text, words) => {
    expect(wordsOfCommand(text)).toEqual(words);
  });

  test.each([
    'a | b',
    'a && b',
    'cd x; node y',
    'node $HOME/x',
    'KEY=1 node x',
    'ls *.js',
    `a "b`,
    'a `b`',
    '~/x',
    `a "$B"`,
    'a \\ b',
    ' ',
  ])(
    // prettier-ignore
    '%s is left to one',
    (text) => {
      expect(wordsOfCommand(text)).toBeUndefined();
      expect(commandOf(text, 'linux')).toEqual(['sh', '-c', text]);
      expect(commandOf(text, 'win32')).toEqual(['cmd', '/d', '/s', '/c', text]);
    },
  );

  const word = fc.string({
    unit: fc.constantFrom('a', 'B', '0', '-', '.', '/', ' ', '"', "'", '$', '*', '\\', '=', '#', '~'),
  });
  const runs = process.platform !== 'win32';

  test.runIf(runs)('is read as the shell reads it, wherever it is read here', () => {
    const texts = fc.sample(word, { numRuns: 400, seed: 7 }).map((text) => `x ${text}`);
    const known = texts.map((text) => [text, wordsOfCommand(text)] as const).filter(([, words]) => words !== undefined);
    const script = known.map(([text]) => `set -- ${text}; printf '%s\\0' "$#" "$@"`).join('\n');
    const { stdout } = spawnSync('sh', ['-f', '-c', script], { encoding: 'utf8' });
    const expected = known.flatMap(([, words = []]) => [String(words.length), ...words]);
    expect(known.length).toBeGreaterThan(50);
    expect(stdout.split('\0').slice(0, -1)).toEqual(expected);
  });

  test.runIf(runs)('is made of words that a shell reads as they were', () => {
    const words = [
      'plain',
      'a b',
      "it's",
      '$HOME',
      '',
      '*',
      '~',
      'a=b',
      '#x',
      ...fc.sample(word, { numRuns: 50, seed: 1 }),
    ];
    const { stdout } = spawnSync('sh', ['-c', `printf '%s\\0' ${words.map(quoted).join(' ')}`], { encoding: 'utf8' });
    expect(stdout.split('\0').slice(0, -1)).toEqual(words);
  });
});
