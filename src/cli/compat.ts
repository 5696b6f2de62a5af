/** `ninelives compat`: command lines of other proxies. Which there are, and that their words are left to be read by what knows them. */

import type { Command } from 'commander';
import { addCommandGroup } from './command-group.ts';

export interface CompatRequest {
  readonly peer: PeerName;
  /** What follows the peer's name, as it was written for it. */
  readonly words: readonly string[];
  /** What would run is said, and does not run. */
  readonly isExplained: boolean;
  /** Of the two that are called mcp-proxy that of PyPI is meant. */
  readonly isPython: boolean;
}

export type PeerName = 'mcp-proxy' | 'supergateway' | 'mcp-remote';

interface Flags {
  readonly explain?: boolean;
  readonly dryRun?: boolean;
  readonly python?: boolean;
}

/** @param run does it, and sets the exit code. */
export function addCompat(program: Command, run: (request: CompatRequest) => Promise<void>): void {
  const group = addCommandGroup(program, {
    name: 'compat',
    description: 'take the command line of another proxy, and run what is the same here',
    examples: [
      'ninelives compat mcp-proxy --port 8080 -- npx -y @modelcontextprotocol/server-everything',
      "ninelives compat supergateway --stdio 'npx -y @modelcontextprotocol/server-everything' --outputTransport ws",
      'ninelives compat mcp-remote https://mcp.example.com/mcp --explain',
    ],
    usage: "'ninelives compat mcp-remote https://mcp.example.com/mcp'",
    words: { one: 'proxy', ask: 'say whose command line it is: mcp-proxy, supergateway or mcp-remote' },
  });
  const add = (peer: PeerName, description: string, example: string): Command =>
    group
      .command(peer)
      .description(description)
      .helpOption('-h, --help', 'show help')
      .argument('[words...]', `what follows ${peer} in its own command line`)
      .option('--explain', 'say what would run and what becomes of each flag, and run nothing; alone: of every flag')
      .option('--dry-run', 'the same')
      .allowUnknownOption()
      .passThroughOptions()
      .addHelpText(
        'after',
        `
Examples:
  ninelives compat ${peer} ${example}
  ninelives compat ${peer} --explain ${example}

What runs is said on stderr. Exit code: 2 for a flag that is not known or that nothing here stands for; otherwise that of
'ninelives forward'.`,
      )
      .action(async (words: readonly string[], { explain, dryRun, python }: Flags) =>
        run({ peer, words, isExplained: explain === true || dryRun === true, isPython: python === true }),
      );
  add(
    'mcp-proxy',
    'the command line of mcp-proxy: of the one of npm, and of that of PyPI where its flags show that it is meant',
    '--port 8080 -- npx -y @modelcontextprotocol/server-everything',
  ).option('--python', 'the one of PyPI is meant, also where its flags do not show it');
  add(
    'supergateway',
    'the command line of supergateway',
    "--stdio 'npx -y @modelcontextprotocol/server-everything' --outputTransport streamableHttp --stateful",
  );
  add('mcp-remote', 'the command line of mcp-remote', "https://mcp.example.com/mcp --header 'X-Team: red'");
}
