import { describe, expect, test } from 'vitest';
import { isForPython, pythonMcpProxy } from '../../src/cli/compat-mcp-proxy-python.ts';
import { mcpProxy } from '../../src/cli/compat-mcp-proxy.ts';
import { lineOf, planOf } from './compat-line.ts';

const front = (port: string): string => `forward http --listen 127.0.0.1:${port} --path /mcp --share shared --`;

/** As the command takes it: with the one of the two that is meant. */
const either = (words: string | readonly string[], world = {}) =>
  lineOf(isForPython(typeof words === 'string' ? words.split(' ') : words) ? pythonMcpProxy : mcpProxy, words, world);

describe('lines that mcp-proxy of PyPI documents', () => {
  test.each<[string | readonly string[], string]>([
    ['http://example.io/sse', 'forward stdio --upstream http://example.io/sse'],
    ['--transport streamablehttp http://localhost:8080/mcp', 'forward stdio --upstream http://localhost:8080/mcp'],
    [
      ['--headers', 'Authorization', 'Bearer YOUR_TOKEN', 'http://localhost:8080/sse'],
      'forward stdio --upstream http://localhost:8080/sse --header Authorization: Bearer YOUR_TOKEN',
    ],
    ['uvx mcp-server-fetch', `${front('8080')} uvx mcp-server-fetch`],
    ['--port=8080 uvx mcp-server-fetch', `${front('8080')} uvx mcp-server-fetch`],
    [
      '--sse-port=8080 uvx mcp-server-fetch',
      'forward http --listen 127.0.0.1:8080 --share shared -- uvx mcp-server-fetch',
    ],
    [
      '--port=8080 -- uvx mcp-server-fetch --user-agent=YourUserAgent',
      `${front('8080')} uvx mcp-server-fetch --user-agent=YourUserAgent`,
    ],
    [
      '--port 8080 -- your-command --arg1 value1 --arg2 value2',
      `${front('8080')} your-command --arg1 value1 --arg2 value2`,
    ],
    [
      'your-command --port 8080 -e KEY VALUE -e ANOTHER_KEY ANOTHER_VALUE',
      'forward http --listen 127.0.0.1:8080 --share shared -- your-command',
    ],
    [
      'your-command --port 8080 --allow-origin=*',
      'forward http --listen 127.0.0.1:8080 --share shared -- your-command',
    ],
  ])('%s', (words, line) => {
    expect(either(words)).toBe(line);
  });

  test.each([
    ['--host=0.0.0.0 --port=8080 uvx mcp-server-fetch', '--allow-host NAME'],
    ['--sse-host=0.0.0.0 --sse-port=8080 uvx mcp-server-fetch', '--allow-host NAME'],
    ['--port=8080 --named-server fetch uvx --named-server fetch2 uvx', 'ninelives gateway --config FILE'],
    ['--port=8080 --named-server-config ./servers.json', 'ninelives gateway --config FILE'],
    ['--pass-environment --port=8096 --sse-host 0.0.0.0 uvx mcp-server-fetch', '--allow-host NAME'],
  ])('%s is refused, with what to do', (words, problem) => {
    expect(either(words)).toEqual([expect.stringContaining(problem)]);
  });

  test('a token of the environment is sent', () => {
    expect(either('http://example.io/sse', { environment: { API_ACCESS_TOKEN: 't' } })).toBe(
      'forward stdio --upstream http://example.io/sse --header Authorization: Bearer t',
    );
  });
});

describe('which of the two is meant', () => {
  test.each([
    ['--port 8080 -- npx http://x', false],
    ['npx mcp-remote https://x', false],
    ['-- http://x', false],
    ['node server.js -- -e x', false],
    ['--debug http://x', true],
    ['node server.js -e A B', true],
    ['--cwd=/x node server.js', true],
  ])('%s: that of PyPI: %s', (words, isPython) => {
    expect(isForPython(words.split(' '))).toBe(isPython);
  });
});

describe('flags of mcp-proxy of PyPI', () => {
  test('variables and a folder are those of the server', () => {
    expect(planOf(pythonMcpProxy, '-e A 1 --env B 2 --cwd /x node s.js')).toMatchObject({
      environment: { A: '1', B: '2' },
      folder: '/x',
      words: ['forward', 'http', '--listen', '127.0.0.1:0', '--share', 'shared', '--', 'node', 's.js'],
    });
  });

  test('pages are named, and levels are ours', () => {
    const words = 'cmd --allow-origin https://a.example * --log-level WARNING --no-pass-environment --stateless';
    expect(lineOf(pythonMcpProxy, words)).toBe(
      'forward http --listen 127.0.0.1:0 --allow-origin https://a.example --log-level warn --share shared -- cmd',
    );
    expect(lineOf(pythonMcpProxy, 'cmd --debug --log-level ERROR')).toContain('--log-level debug');
    expect(planOf(pythonMcpProxy, words).remarks).toContainEqual(expect.stringMatching(/^--allow-origin \*: no page/));
    expect(lineOf(pythonMcpProxy, 'cmd --log-level LOUD')).toEqual([
      expect.stringContaining('it is one of DEBUG, INFO'),
    ]);
    expect(lineOf(pythonMcpProxy, '--debug')).toEqual([expect.stringContaining('command is missing')]);
  });
});
