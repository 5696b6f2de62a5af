/** `ninelives wrap` and `unwrap`: what may be asked about the server lists of clients. */

import type { Command } from 'commander';
import { clientLists } from '../config/client-lists/clients.ts';
import { gathered } from './server-flags.ts';

export interface WrapRequest {
  readonly do: 'wrap' | 'unwrap';
  readonly client: string;
  /** Servers by name; none: all that are meant without names. */
  readonly names: readonly string[];
  /** Servers at a URL, too. */
  readonly isAll: boolean;
  /** In place of the file where the client keeps its list. */
  readonly file: string | undefined;
  readonly isDryRun: boolean;
  /** Nobody is asked before the file is written. */
  readonly isAgreed: boolean;
  /** For `forward stdio`, with `--inspect` unless it is not wanted. */
  readonly flags: readonly string[];
}

interface Flags {
  readonly server?: readonly string[];
  readonly all?: boolean;
  readonly config?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly inspect?: boolean;
}

const names = clientLists.map(({ name }) => name).join(', ');

/** @param run does it, and sets the exit code. */
export function addWrap(program: Command, run: (request: WrapRequest) => Promise<void>): void {
  common(program.command('wrap'), 'put ninelives in front of the servers that a client starts')
    .argument('[flags...]', "after --: for 'ninelives forward stdio', such as --rules FILE")
    .option('--all', 'servers at a URL, too: ninelives reaches them, and logs in where that is asked')
    .option('--no-inspect', 'without --inspect: the page and `ninelives sessions` do not see these servers')
    .addHelpText(
      'after',
      `
The file keeps its layout, its comments and whatever else it says; what it said before stands beside it, in a file whose name ends
in .ninelives-backup. The changes are shown, and on a terminal you are asked. Doing it twice changes nothing.

Examples:
  ninelives wrap claude-desktop
  ninelives wrap cursor --server github --dry-run
  ninelives wrap vscode --config .vscode/mcp.json --yes -- --rules rules.yaml
`,
    )
    .action(async (client: string, flags: readonly string[], options: Flags) =>
      run({
        ...requestOf(client, options),
        do: 'wrap',
        flags: options.inspect === false || hasInspect(flags) ? flags : ['--inspect', ...flags],
      }),
    );
  common(program.command('unwrap'), 'take ninelives away from the servers of a client')
    .addHelpText(
      'after',
      `
Examples:
  ninelives unwrap claude-desktop
  ninelives unwrap cursor --server github
`,
    )
    .action(async (client: string, options: Flags) => run({ ...requestOf(client, options), do: 'unwrap', flags: [] }));
}

function common(command: Command, description: string): Command {
  return command
    .description(description)
    .helpOption('-h, --help', 'show help')
    .argument('<client>', names)
    .option('--server <name>', 'only this server; may be repeated', gathered)
    .option('--config <file>', 'a file with servers, such as that of a project, in place of your own')
    .option('--dry-run', 'show what would change, and change nothing')
    .option('--yes', 'do not ask');
}

function requestOf(client: string, flags: Flags): Omit<WrapRequest, 'do' | 'flags'> {
  return {
    client,
    names: flags.server ?? [],
    isAll: flags.all === true,
    file: flags.config,
    isDryRun: flags.dryRun === true,
    isAgreed: flags.yes === true,
  };
}

function hasInspect(flags: readonly string[]): boolean {
  return flags.some((flag) => flag === '--inspect' || flag.startsWith('--inspect='));
}
