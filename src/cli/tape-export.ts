/** `ninelives tape export`: what a tape may be made into, and what of it is shown. */

import { type Command, Option } from 'commander';
import type { PathPattern } from '../path-pattern.ts';
import { positive } from './positive.ts';
import { addRedactFlag } from './redact-flag.ts';

export const exportFormats = ['har', 'html'] as const;
export type ExportFormat = (typeof exportFormats)[number];

export interface TapeExportRequest {
  readonly do: 'export';
  readonly file: string;
  readonly format: ExportFormat;
  /** Standard output without. */
  readonly output?: string;
  readonly session?: number;
  readonly isRedacted: boolean;
  readonly hidden: readonly PathPattern[];
}

interface ExportFlags {
  readonly format: ExportFormat;
  readonly output?: string;
  readonly session?: number;
  readonly bodies: 'redacted' | 'whole';
  readonly redact?: readonly PathPattern[];
}

/** @param run does it, and sets the exit code. */
export function addTapeExport(tape: Command, run: (request: TapeExportRequest) => Promise<void>): void {
  const command = tape
    .command('export <file>')
    .description('make a tape into an HTTP archive, or into one page of HTML that needs nothing else')
    .addOption(
      new Option('--format <format>', 'har, for viewers of HTTP archives, or html, for browsers')
        .choices(exportFormats)
        .makeOptionMandatory(),
    )
    .option('-o, --output <file>', 'write it there instead of on standard output')
    .option('--session <n>', 'only the session with this number', positive)
    .addOption(
      new Option('--bodies <how>', 'messages with secrets hidden, or as they are on the tape')
        .choices(['redacted', 'whole'])
        .default('redacted'),
    );
  addRedactFlag(command)
    .addHelpText(
      'after',
      `
Examples:
  ninelives tape export run.tape.jsonl --format html -o run.html
  ninelives tape export run.tape.jsonl --format har --session 1 > run.har
  ninelives tape export run.tape.jsonl --format html -o run.html --redact 'result.content[*].text'

Exit code: 0, 1 when the tape cannot be read to its end or the file cannot be written, 2 for a wrong command line.`,
    )
    .action(async (file: string, { format, output, session, bodies, redact: hidden = [] }: ExportFlags) =>
      run({
        do: 'export',
        file,
        format,
        ...(output === undefined ? {} : { output }),
        ...(session === undefined ? {} : { session }),
        isRedacted: bodies === 'redacted',
        hidden,
      }),
    );
}
