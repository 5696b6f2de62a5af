/** `ninelives tape open`: a tape on the page of the inspector. */

import type { Command } from 'commander';
import { type InspectRequest, inspectRequestOf } from './inspect-flag.ts';

export interface TapeOpenRequest {
  readonly do: 'open';
  readonly file: string;
  readonly at: Pick<InspectRequest, 'host' | 'port'>;
  /** Says the address, and opens nothing. */
  readonly print: boolean;
}

/** @param tape the group of commands about tapes. @param run does it, and sets the exit code. */
export function addTapeOpen(tape: Command, run: (request: TapeOpenRequest) => Promise<void>): void {
  tape
    .command('open <file>')
    .description('show a tape on the page of the inspector, and go through it forwards and backwards')
    .option('--listen <host:port>', 'where, on this machine; the port 0 takes a free one', '127.0.0.1:0')
    .option('--print', 'say its address, which has a token in it, and open no browser')
    .addHelpText(
      'after',
      `
Examples:
  ninelives tape open run.tape.jsonl
  ninelives tape open run.tape.jsonl --print

Shows what is on the tape when it is opened, also of one that is still being written. Serves it until Ctrl-C. Exit code: 0 when it was
told to stop, 1 when the tape cannot be read, 2 for a wrong command line, 3 when it cannot listen there.`,
    )
    .action(async (file: string, flags: { readonly listen: string; readonly print?: boolean }, command: Command) => {
      const at = inspectRequestOf({ inspect: flags.listen }, '--listen');
      if (at === undefined || 'problem' in at) command.error(`error: ${at?.problem ?? ''}`);
      else await run({ do: 'open', file, at: { host: at.host, port: at.port }, print: flags.print === true });
    });
}
