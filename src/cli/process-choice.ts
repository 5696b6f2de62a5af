/** Flags about which running processes are meant: all that can be found, or one that is named. */

import type { Command } from 'commander';
import { positive } from './positive.ts';

/** Which processes are meant: all that can be found, unless one is named. */
export interface ProcessChoice {
  readonly pid?: number;
  readonly admin?: string;
  readonly tokenFile?: string;
}

export function addProcessChoice(command: Command): Command {
  return command
    .option('--pid <n>', 'only this process', positive)
    .option('--admin <url>', 'only the process whose admin listener has this URL; goes with --token-file')
    .option('--token-file <file>', 'the file that holds the token for --admin');
}

/** Ends the command line where they contradict each other. */
export function processChoiceOf({ pid, admin, tokenFile }: ProcessChoice, command: Command): ProcessChoice {
  if ((admin === undefined) !== (tokenFile === undefined)) command.error('error: --admin and --token-file go together');
  if (admin !== undefined && pid !== undefined) command.error('error: say --pid or --admin, not both');
  if (admin !== undefined && (!URL.canParse(admin) || new URL(admin).protocol !== 'http:')) {
    command.error(`error: --admin ${admin}: this is no http:// URL, such as http://127.0.0.1:7411`);
  }
  return {
    ...(pid === undefined ? {} : { pid }),
    ...(admin === undefined ? {} : { admin: new URL(admin).origin }),
    ...(tokenFile === undefined ? {} : { tokenFile }),
  };
}
