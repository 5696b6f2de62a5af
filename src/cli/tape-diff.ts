/** `ninelives tape diff`: what may be asked when two tapes are compared. */

import type { Command } from 'commander';
import type { PathPattern } from '../path-pattern.ts';
import { anyPath } from './path-flag.ts';
import { positive } from './positive.ts';

export interface TapeDiffRequest {
  readonly do: 'diff';
  readonly before: string;
  readonly after: string;
  /** One session of each alone. */
  readonly sessions?: { readonly before: number; readonly after: number };
  readonly ignored: readonly PathPattern[];
  readonly json: boolean;
}

interface DiffFlags {
  readonly session?: number;
  readonly sessionB?: number;
  readonly ignore?: readonly PathPattern[];
  readonly json?: boolean;
}

/** @param run does it, and sets the exit code. */
export function addTapeDiff(tape: Command, run: (request: TapeDiffRequest) => Promise<void>): void {
  tape
    .command('diff <a> <b>')
    .description('say what differs between two tapes, ids and times left aside')
    .option('--session <n>', 'compare only the session with this number', positive)
    .option('--session-b <n>', 'with the session of this number on the second tape', positive)
    .option('--ignore <path>', 'do not compare what is at this path of messages; may be repeated', anyPath)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  ninelives tape diff before.tape.jsonl after.tape.jsonl
  ninelives tape diff run.tape.jsonl run.tape.jsonl --session 1 --session-b 2
  ninelives tape diff a.tape.jsonl b.tape.jsonl --ignore 'result.content[*].text' --ignore /params/arguments/now

Sessions are compared in the order in which they were opened. Exit code: 0 when they say the same, 1 when they differ, 2 for a wrong
command line or a tape that cannot be read.`,
    )
    .action(async (before: string, after: string, flags: DiffFlags, command: Command) => {
      const { session, sessionB, ignore: ignored = [], json = false } = flags;
      if (session === undefined && sessionB !== undefined) command.error('error: --session-b goes with --session');
      const sessions = session === undefined ? undefined : { before: session, after: sessionB ?? session };
      return run({ do: 'diff', before, after, ignored, json, ...(sessions === undefined ? {} : { sessions }) });
    });
}
