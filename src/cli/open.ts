/** `ninelives open`: opens the page of all processes in a browser. */

import type { Command } from 'commander';

export interface OpenRequest {
  /** Says the address, and opens nothing. */
  readonly print: boolean;
}

/** @param run does it, and sets the exit code. */
export function addOpen(program: Command, run: (request: OpenRequest) => Promise<void>): void {
  program
    .command('open')
    .description("open the page of what was started with --inspect, or with 'ninelives inspect', in a browser")
    .helpOption('-h, --help', 'show help')
    .option('--print', 'say its address, which has the token in it, and open nothing')
    .addHelpText(
      'after',
      `
Examples:
  ninelives open
  ninelives open --print

Exit code: 0 when there is a page, 4 when nothing that can be looked at runs here.`,
    )
    .action(async (flags: { readonly print?: boolean }) => run({ print: flags.print === true }));
}
