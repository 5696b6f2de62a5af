import { describe, expect, test } from 'vitest';
import { mcpProxy } from '../../src/cli/compat-mcp-proxy.ts';
import { mcpRemote } from '../../src/cli/compat-mcp-remote.ts';
import { explanation, flagsText, refusalText, runText, shownLine } from '../../src/cli/compat-text.ts';
import { understand } from '../../src/cli/compat-plan.ts';
import type { Peer } from '../../src/cli/compat-peer.ts';
import { supergateway } from '../../src/cli/compat-supergateway.ts';

const world = { environment: {}, platform: 'linux', readText: () => '' } as const;
const understood = (peer: Peer, ...words: readonly string[]) => understand(peer, words, world);
const token = 'Zm9yLXRoaXMtdGVzdC1hbG9uZQ';

describe('what is said', () => {
  test('before it runs: the line, what is different, and where to read more', () => {
    expect(runText(mcpProxy, understood(mcpProxy, '--port', '1', '--stateless', '--no-modern', '--', 'node', 'a b.js')))
      .toBe(`ninelives compat mcp-proxy runs:
  ninelives forward http --listen 127.0.0.1:1 --path /mcp --share shared -- node 'a b.js'
/sse is not served: clients of the older HTTP with server-sent events find nothing there.
It listens on this machine alone; others would reach it there.
--stateless: Clients that shake hands have sessions; those of 2026-07-28 have none anyway.
'ninelives compat mcp-proxy --explain ...' says what becomes of each flag.
`);
  });

  test('no secret, wherever it stands', () => {
    const lines = [
      understood(mcpRemote, 'https://x', '--header', `X-Own: ${token}`),
      understood(mcpRemote, 'https://x', '--static-oauth-client-info', `{"client_id":"i","client_secret":"${token}"}`),
      understood(mcpProxy, '--apiKey', token, '--', 'x', '--api-key', token, `API_KEY=${token}`),
      understood(supergateway, '--sse', 'https://x', '--oauth2Bearer', token),
    ];
    for (const [at, line] of lines.entries()) {
      const peer = [mcpRemote, mcpRemote, mcpProxy, supergateway][at]!;
      for (const text of [runText(peer, line), refusalText(line), explanation(peer, line), shownLine(line.plan)]) {
        expect(text).not.toContain(token);
        expect(text).toContain('[redacted]');
      }
    }
  });

  test('where it runs, when that is elsewhere', () => {
    const plan = { words: ['x'], environment: { A: '1' }, folder: '/a b', remarks: [], problems: [] };
    expect(shownLine(plan)).toBe("cd '/a b' && A=[redacted] ninelives x");
  });

  test('why it does not run, and how far it came', () => {
    expect(refusalText(understood(mcpRemote, 'https://x', '--ignore-tool', 'a'))).toBe(
      `error: --ignore-tool: write a rule file and run the line below with '--rules FILE': docs/guides/block-a-tool.md
The line for ninelives, as far as there is one:
  ninelives forward stdio --upstream https://x
`,
    );
    expect(refusalText(understood(supergateway))).toMatch(/^error: say one of [^\n]*\n$/);
  });

  test('of each flag that was said, and of what is different without a word', () => {
    const text = explanation(supergateway, understood(supergateway, '--stdio', 'x', '--baseUrl', 'http://x'));
    expect(text).toContain('  --baseUrl <url> -> not needed. Streamable HTTP tells clients no second URL.\n');
    expect(text).not.toContain('--ssePath <');
    for (const usual of supergateway.usually) expect(text).toContain(usual);
    expect(explanation(mcpProxy, understood(mcpProxy, '--tunnel', '--', 'x'))).toContain(
      '  --tunnel -> not possible. Nothing here opens',
    );
  });

  test('of every flag', () => {
    for (const peer of [mcpProxy, supergateway, mcpRemote]) {
      for (const { name } of peer.flags) expect(flagsText(peer)).toContain(`\n  ${name} `);
    }
  });
});
