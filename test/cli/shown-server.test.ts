import { expect, test } from 'vitest';
import { shownServer } from '../../src/cli/shown-server.ts';

test.each([
  ['npx -y @modelcontextprotocol/server-everything', 'npx -y @modelcontextprotocol/server-everything'],
  ['server --api-key abc --port 80', 'server --api-key [redacted] --port 80'],
  ['server --token=abc', 'server --token=[redacted]'],
  ['docker run -e DB_PASSWORD=abc image', 'docker run -e DB_PASSWORD=[redacted] image'],
  ['server --token --verbose', 'server --token --verbose'],
  ['server postgres://me:hidden@host/db', 'server postgres://[redacted]@host/db'],
  ['server ghp_abcdefghijklmnopqrstuvwxyz0123456789', 'server [redacted]'],
])('%s is shown as %s', (line, shown) => {
  const [command = '', ...args] = line.split(' ');
  expect(shownServer({ command, args }, 'unused')).toBe(shown);
});

test('a server that is not started here has its name, and a long command its beginning', () => {
  const remote = { url: new URL('https://example.com/mcp?key=x'), headers: {}, ca: undefined };
  expect(shownServer(remote, 'https://example.com/mcp')).toBe('https://example.com/mcp');
  const long = shownServer({ command: 'server', args: Array.from({ length: 200 }, () => 'word') }, '');
  expect([long.length, long.endsWith('…')]).toEqual([300, true]);
});
