import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { curlOf, curlTarget } from '../../../../src/inspector/page/exchange/curl.ts';
import { event, facts } from '../store/rows.ts';

const frame = { direction: 'client-to-server', kind: 'request', ticket: 1, bytes: 2, hasBody: true } as const;

test.skipIf(process.platform === 'win32')('a shell makes of the command what was sent, whatever stands in it', () => {
  const body = `{"text":"it's \\"quoted\\" $HOME \`id\` \\\\ \\n"}`;
  const command = curlOf({
    url: 'http://127.0.0.1:1/mcp?a=b&c',
    body,
    sessionId: 's 1',
    protocolVersion: '2025-11-25',
  });
  const said = execFileSync('sh', ['-c', command.replace('curl', "printf '%s\\n'")], { encoding: 'utf8' });
  expect(said.split('\n')).toEqual([
    'http://127.0.0.1:1/mcp?a=b&c',
    ...['-H', 'Content-Type: application/json'],
    ...['-H', 'Accept: application/json, text/event-stream'],
    ...['-H', 'Mcp-Session-Id: s 1'],
    ...['-H', 'MCP-Protocol-Version: 2025-11-25'],
    '--data-raw',
    body,
    '',
  ]);
});

test('only what a client has sent to an address can be sent again', () => {
  expect(curlTarget(facts, event(1, { frame }))).toBe(facts.url);
  expect(curlTarget(facts, event(1, { frame: { ...frame, direction: 'server-to-client' } }))).toBeUndefined();
  expect(curlTarget(facts, event(1, { frame: { ...frame, hasBody: false } }))).toBeUndefined();
  expect(curlTarget(facts, event(1))).toBeUndefined();
  const { url: _, ...local } = facts;
  expect(curlTarget(local, event(1, { frame }))).toBeUndefined();
});
