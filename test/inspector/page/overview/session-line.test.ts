import { expect, test } from 'vitest';
import { linesOf, nameOf, shortServer } from '../../../../src/inspector/page/overview/session-line.ts';
import { foldProcess, newProcessView } from '../../../../src/inspector/page/store/process-view.ts';
import { facts, hello, overview, row } from '../store/rows.ts';

test('a line is a row with its process, at the time of day', () => {
  const messages = [hello, overview({ isWhole: true, sessions: [row('a', { openedAt: 500 })] })];
  const view = messages.reduce(foldProcess, newProcessView(facts));
  const other = { ...view, facts: { ...facts, pid: 4712 } };
  expect(linesOf([view, other]).map(({ key, openedAt }) => [key, openedAt])).toEqual([
    ['4711/a', 1_700_000_000_500],
    ['4712/a', 1_700_000_000_500],
  ]);
});

test('a process is called as its server calls itself, once it has', () => {
  const fresh = newProcessView(facts);
  expect(nameOf(fresh)).toBe('server-everything');
  const rows = [row('a'), row('b', { serverName: 'mcp-everything' })];
  expect(nameOf(foldProcess(fresh, overview({ isWhole: true, sessions: rows })))).toBe('mcp-everything');
});

test.each([
  ['npx -y @modelcontextprotocol/server-everything', 'server-everything'],
  ['/usr/bin/npx -y @modelcontextprotocol/server-everything stdio', 'server-everything'],
  ['uvx mcp-server-git --repository /home/me', 'mcp-server-git'],
  ['node dist/index.js', 'index.js'],
  ['/opt/server/bin/run.sh', 'run.sh'],
  ['https://mcp.example.com/mcp', 'mcp.example.com'],
  ['npx', 'npx'],
  ['', ''],
])('the word for %j is %j', (server, word) => {
  expect(shortServer(server)).toBe(word);
});
