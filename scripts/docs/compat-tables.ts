/** Tables of docs/guides/coming-from-other-proxies.md: what becomes of the flags of other proxies, as `ninelives compat` knows it. */

import { mcpProxy } from '../../src/cli/compat-mcp-proxy.ts';
import { pythonMcpProxy } from '../../src/cli/compat-mcp-proxy-python.ts';
import { mcpRemote } from '../../src/cli/compat-mcp-remote.ts';
import type { Peer, PeerFlag } from '../../src/cli/compat-peer.ts';
import { supergateway } from '../../src/cli/compat-supergateway.ts';
import { without } from '../../src/cli/compat-text.ts';
import { code, table } from './markdown.ts';

/** By the names of the parts of the page. */
export const compatParts: Readonly<Record<string, () => string>> = {
  'flags of mcp-proxy': () => partOf(mcpProxy),
  'flags of mcp-proxy of PyPI': () => partOf(pythonMcpProxy),
  'flags of supergateway': () => partOf(supergateway),
  'flags of mcp-remote': () => partOf(mcpRemote),
};

function partOf({ flags, usually }: Peer): string {
  return [
    table(['flag', 'here', 'what is to be known'], flags.map(rowOf)),
    'Different when nothing is said:',
    usually.map((text) => `- ${text}`).join('\n'),
  ].join('\n\n');
}

function rowOf({ name, also = [], value, fate, here, says = '' }: PeerFlag): readonly string[] {
  const names = [name, ...also].map((each) => code(each)).join(', ');
  const shown = value === undefined ? names : `${names} ${value}`;
  const isFlag = here?.startsWith('-') === true || here?.startsWith('forward ') === true;
  const becomes = here === undefined ? without[fate] : isFlag ? code(here) : here;
  return [
    shown,
    becomes,
    `${says.charAt(0).toUpperCase()}${says.slice(1)}${/[.:]$|^$|FILE$|md$/.test(says) ? '' : '.'}`,
  ];
}
