/** `ninelives tape`: what may be asked of the tapes that `--record` writes. */

import type { Command } from 'commander';
import { addCommandGroup } from './command-group.ts';
import { positive } from './positive.ts';
import { type TapeDiffRequest, addTapeDiff } from './tape-diff.ts';
import { type TapeOpenRequest, addTapeOpen } from './tape-open.ts';
import { type TapeExportRequest, addTapeExport } from './tape-export.ts';
import { type ReplayRequest, addTapeReplay } from './tape-replay.ts';

export type TapeRequest =
  | {
      readonly do: 'show';
      readonly file: string;
      readonly session?: number;
      readonly method?: string;
      readonly bodies: boolean;
      readonly json: boolean;
    }
  | { readonly do: 'check'; readonly files: readonly string[]; readonly json: boolean; readonly junit?: string }
  | { readonly do: 'step'; readonly file: string; readonly session?: number; readonly at?: number }
  | TapeDiffRequest
  | TapeOpenRequest
  | TapeExportRequest
  | ReplayRequest;

interface ShowFlags {
  readonly session?: number;
  readonly method?: string;
  readonly bodies?: boolean;
  readonly json?: boolean;
}

/** @param run does it, and sets the exit code. */
export function addTape(program: Command, run: (request: TapeRequest) => Promise<void>): void {
  const tape = addCommandGroup(program, {
    name: 'tape',
    description:
      'what to do with a tape that --record has written: read it, check it, go through it, compare it, play it again',
    examples: ['ninelives tape show run.tape.jsonl', 'ninelives tape step run.tape.jsonl'],
    usage: "'ninelives tape show FILE'",
  });
  tape
    .command('show <file>')
    .description('say what is on a tape, one event a line')
    .option('--session <n>', 'only the session with this number', positive)
    .option('--method <name>', 'only messages of this method, and their answers')
    .option('--bodies', 'with the messages')
    .option('--json', 'the lines of the tape, each with all that it says')
    .addHelpText(
      'after',
      `
Examples:
  ninelives tape show run.tape.jsonl
  ninelives tape show run.tape.jsonl --session 1 --method tools/call --bodies
  ninelives tape show run.tape.jsonl --json | jq 'select(.settled)'

A tape can be read while it is written, and when it is packed with gzip. Exit code: 0, 1 when the tape cannot be read to its end,
2 for a wrong command line.`,
    )
    .action(async (file: string, { session, method, bodies, json }: ShowFlags) =>
      run({
        do: 'show',
        file,
        ...(session === undefined ? {} : { session }),
        ...(method === undefined ? {} : { method }),
        bodies: bodies === true,
        json: json === true,
      }),
    );
  tape
    .command('check <files...>')
    .description('hold tapes to the laws of sessions, and say each line that breaks one')
    .option('--json', 'print JSON')
    .option('--junit <file>', 'write the laws as test cases of a JUnit report')
    .addHelpText(
      'after',
      `
Examples:
  ninelives tape check run.tape.jsonl
  ninelives tape check tapes/*.tape.jsonl --junit report.xml

Exit code: 0 when every law holds, 1 when one is broken, or when a tape cannot be read, 2 for a wrong command line.`,
    )
    .action(async (files: readonly string[], { json, junit }: { readonly json?: boolean; readonly junit?: string }) =>
      run({ do: 'check', files, json: json === true, ...(junit === undefined ? {} : { junit }) }),
    );
  tape
    .command('step <file>')
    .description('go through a tape, forwards and backwards, and see its sessions as they were at each event')
    .option('--session <n>', 'only the events of this session', positive)
    .option('--at <n>', 'begin at this step', positive)
    .addHelpText(
      'after',
      `
Examples:
  ninelives tape step run.tape.jsonl
  ninelives tape step run.tape.jsonl --session 1 --at 40
  ninelives tape step run.tape.jsonl | less

On a terminal: Space, n or the right arrow goes on, p or the left arrow back, N and P by ten, g to the first step, G to the last,
b shows the message, q ends. Where the output is no terminal, every step is said. Exit code: 0, 1 when the tape cannot be read, 2 for
a wrong command line.`,
    )
    .action(async (file: string, { session, at }: { readonly session?: number; readonly at?: number }) =>
      run({
        do: 'step',
        file,
        ...(session === undefined ? {} : { session }),
        ...(at === undefined ? {} : { at }),
      }),
    );
  addTapeDiff(tape, run);
  addTapeOpen(tape, run);
  addTapeExport(tape, run);
  addTapeReplay(tape, run);
}
