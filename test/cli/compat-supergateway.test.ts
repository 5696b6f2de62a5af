import { describe, expect, test } from 'vitest';
import { supergateway } from '../../src/cli/compat-supergateway.ts';
import { lineOf, planOf } from './compat-line.ts';

const files = 'npx -y @modelcontextprotocol/server-filesystem ./my-folder';
const remote = 'https://mcp-server.example.supermachine.app';

describe('lines that supergateway documents', () => {
  test.each<[readonly string[], string]>([
    [
      ['--stdio', 'uvx mcp-server-git'],
      'forward http --listen 127.0.0.1:8000 --path /sse --share shared -- uvx mcp-server-git',
    ],
    [
      [
        '--stdio',
        files,
        '--port',
        '8000',
        '--baseUrl',
        'http://localhost:8000',
        '--ssePath',
        '/sse',
        '--messagePath',
        '/message',
      ],
      `forward http --listen 127.0.0.1:8000 --path /sse --share shared -- ${files}`,
    ],
    [['--sse', remote], `forward stdio --upstream ${remote}`],
    [
      ['--sse', remote, '--oauth2Bearer', 'some-access-token', '--header', 'X-My-Header: another-header-value'],
      `forward stdio --upstream ${remote} --header X-My-Header: another-header-value --header Authorization: Bearer some-access-token`,
    ],
    [
      ['--streamableHttp', 'https://mcp-server.example.com/mcp'],
      'forward stdio --upstream https://mcp-server.example.com/mcp',
    ],
    [
      ['--streamableHttp', remote, '--oauth2Bearer', 't', '--header', 'X-My-Header: v'],
      `forward stdio --upstream ${remote} --header X-My-Header: v --header Authorization: Bearer t`,
    ],
    [
      ['--stdio', files, '--outputTransport', 'streamableHttp', '--port', '8000'],
      `forward http --listen 127.0.0.1:8000 --path /mcp -- ${files}`,
    ],
    [
      [
        '--stdio',
        files,
        '--outputTransport',
        'streamableHttp',
        '--stateful',
        '--sessionTimeout',
        '60000',
        '--port',
        '8000',
      ],
      `forward http --listen 127.0.0.1:8000 --path /mcp --session-idle-ms 60000 -- ${files}`,
    ],
    [
      ['--stdio', files, '--port', '8000', '--outputTransport', 'ws', '--messagePath', '/message'],
      `forward ws --listen 127.0.0.1:8000 --path /message --share shared -- ${files}`,
    ],
    [
      ['--port', '8000', '--stdio', 'npx -y @modelcontextprotocol/server-filesystem .'],
      'forward http --listen 127.0.0.1:8000 --path /sse --share shared -- npx -y @modelcontextprotocol/server-filesystem .',
    ],
    [
      ['--stdio', 'deno run -A jsr:@omedia/mcp-server-drupal --drupal-url https://your-drupal-server.com'],
      'forward http --listen 127.0.0.1:8000 --path /sse --share shared -- deno run -A jsr:@omedia/mcp-server-drupal --drupal-url https://your-drupal-server.com',
    ],
    [
      ['--stdio', files, '--outputTransport', 'ws'],
      `forward ws --listen 127.0.0.1:8000 --path /message --share shared -- ${files}`,
    ],
  ])('%j', (words, line) => {
    expect(lineOf(supergateway, words)).toBe(line);
  });

  test.each<[readonly string[], string]>([
    [['--cors', 'http://example.com'], '--allow-origin http://example.com'],
    [
      ['--cors', 'http://a.example', 'http://b.example', '--stateful'],
      '--allow-origin http://a.example --allow-origin http://b.example',
    ],
    [['--logLevel', 'none'], '--log-level silent'],
    [['--logLevel', 'debug', '--healthEndpoint', '/healthz', '--healthEndpoint', '/readyz'], '--log-level debug'],
  ])('%j', (words, part) => {
    expect(lineOf(supergateway, ['--stdio', 'x', ...words])).toBe(
      `forward http --listen 127.0.0.1:8000 --path /sse ${part} --share shared -- x`,
    );
  });

  test.each(['--cors', '--cors *', '--cors /example\\.com$/'])('%s lets no page in, and says so', (words) => {
    const { remarks, words: ours } = planOf(supergateway, `--stdio x ${words}`);
    expect(ours).not.toContain('--allow-origin');
    expect(remarks).toContainEqual(expect.stringMatching(/^--cors: no page comes in but those that are named/));
  });
});

describe('flags of supergateway', () => {
  test('a header with several colons stays whole, and answers have none', () => {
    expect(lineOf(supergateway, ['--sse', 'https://x', '--header', 'A: b:c'])).toBe(
      'forward stdio --upstream https://x --header A: b:c',
    );
    const { words, remarks } = planOf(supergateway, '--stdio x --header A:b --oauth2Bearer t');
    expect(words).not.toContain('--header');
    expect(remarks.slice(-2)).toEqual(['--header is not set on answers.', '--oauth2Bearer is not set on answers.']);
  });

  test('a command that is meant for a shell gets one', () => {
    expect(lineOf(supergateway, ['--stdio', 'cd x && node s.js', '--outputTransport', 'streamableHttp'])).toBe(
      'forward http --listen 127.0.0.1:8000 --path /mcp -- sh -c cd x && node s.js',
    );
  });

  test.each<[readonly string[], string]>([
    [['--port', '1'], 'say one of --stdio'],
    [['--stdio', 'x', '--sse', 'https://x'], 'say one of --stdio'],
    [['--stdio', 'x', '--outputTransport', 'stdio'], "'ninelives forward stdio -- COMMAND ARGS'"],
    [['--stdio', 'x', '--outputTransport', 'pigeon'], 'it is stdio, sse, ws or streamableHttp'],
    [['--sse', 'https://x', '--outputTransport', 'ws'], "'ninelives forward ws --upstream URL'"],
    [['--sse', 'https://x', '--header', 'secret'], "--header: write it as 'Name: value'"],
    [['--stdio', 'npx', 'server'], "server: supergateway takes the server's command as one text"],
    [['--stdio', 'x', '--logLevel', 'loud'], 'it is debug, info or none'],
    [['--stdio', 'x', '--verbose'], '--verbose: supergateway has no such flag'],
  ])('%j is refused', (words, problem) => {
    expect(lineOf(supergateway, words)).toEqual([expect.stringContaining(problem)]);
  });
});
