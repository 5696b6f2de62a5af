/** `ninelives inspect`: the page of all processes, served by a process that does nothing else. */

import type { Command } from 'commander';
import { type InspectRequest, inspectRequestOf, usualInspectAddress } from './inspect-flag.ts';

/** @param run does it, and sets the exit code. */
export function addInspectCommand(program: Command, run: (request: InspectRequest) => Promise<void>): void {
  program
    .command('inspect')
    .description('serve one page for all processes that were started with --inspect, and go on when they end')
    .helpOption('-h, --help', 'show help')
    .option('--listen <host:port>', 'where, on this machine', usualInspectAddress)
    .addHelpText(
      'after',
      `
Each process that was started with --inspect serves that page where no other does: this one stays when they end. Where another
one has the address, this waits until it is free. 'ninelives open' opens the page.

Examples:
  ninelives inspect
  ninelives inspect --listen 127.0.0.1:7500

Exit code: 0 when it was told to stop, 3 when it cannot listen there, 4 when the processes of this machine cannot be found.`,
    )
    .action(async ({ listen }: { readonly listen: string }, command: Command) => {
      const at = inspectRequestOf({ inspect: listen }, '--listen');
      if (at === undefined || 'problem' in at) command.error(`error: ${at?.problem ?? ''}`);
      else await run(at);
    });
}
