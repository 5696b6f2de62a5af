/** `--record`: whether the sessions of a process are recorded, and where. */

import { mkdirSync, statSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { systemReason } from '../reasons.ts';
import type { RedactionOptions } from '../redaction.ts';
import { positive } from './positive.ts';
import { type RedactFlags, addRedactFlags, contradiction, hiddenBy } from './redact-flag.ts';

export interface RecordFlags extends RedactFlags {
  readonly record?: string;
  readonly recordBodies?: 'redacted' | 'whole';
  readonly recordBodyBytesMax?: number;
  readonly recordTapeBytesMax?: number;
  readonly recordTapeAgeMsMax?: number;
  readonly recordWhenFull?: 'drop' | 'wait';
}

export interface RecordRequest {
  readonly place: { readonly file: string } | { readonly folder: string };
  readonly isRedacted: boolean;
  /** What is hidden besides, where secrets are. */
  readonly hidden?: RedactionOptions;
  readonly bodyBytesMax: number;
  readonly tapeBytesMax?: number;
  readonly tapeMs?: number;
  readonly whenFull: 'drop' | 'wait';
}

const bodyBytesUsual = 1024 * 1024;

export function addRecordFlags(command: Command): Command {
  command
    .optionsGroup('Recording:')
    .option('--record <file|dir>', 'record every session: all of them on one tape, or each on its own in a folder')
    .addOption(
      new Option('--record-bodies <how>', 'what a tape holds of messages: with secrets hidden, or whole')
        .choices(['redacted', 'whole'])
        .default('redacted'),
    )
    .option(
      '--record-body-bytes-max <n>',
      `longer messages are not kept, only their digest (default: ${bodyBytesUsual})`,
      positive,
    )
    .option(
      '--record-tape-bytes-max <n>',
      'a tape that is longer is followed by another (default: 1073741824)',
      positive,
    )
    .option(
      '--record-tape-age-ms-max <n>',
      'a tape that is older is followed by another when there is more to write (default: never)',
      positive,
    )
    .addOption(
      new Option(
        '--record-when-full <what>',
        'when the disk is slower than the sessions: drop lines and say so, or wait',
      )
        .choices(['drop', 'wait'])
        .default('drop'),
    );
  return addRedactFlags(command);
}

/** A folder is made; a file is made when there is something to write. */
export function recordRequestOf(flags: RecordFlags): RecordRequest | { readonly problem: string } | undefined {
  const { record, recordBodies, recordBodyBytesMax, recordTapeBytesMax, recordTapeAgeMsMax, recordWhenFull } = flags;
  if (record === undefined) return undefined;
  const problem = recordBodies === 'whole' ? contradiction(flags, '--record-bodies') : undefined;
  if (problem !== undefined) return problem;
  const hidden = hiddenBy(flags);
  const facts = {
    isRedacted: recordBodies !== 'whole',
    ...(hidden === undefined ? {} : { hidden }),
    bodyBytesMax: recordBodyBytesMax ?? bodyBytesUsual,
    ...(recordTapeBytesMax === undefined ? {} : { tapeBytesMax: recordTapeBytesMax }),
    ...(recordTapeAgeMsMax === undefined ? {} : { tapeMs: recordTapeAgeMsMax }),
    whenFull: recordWhenFull ?? 'drop',
  };
  const isFolder = /[/\\]$/.test(record) || statSync(record, { throwIfNoEntry: false })?.isDirectory() === true;
  if (!isFolder) return { ...facts, place: { file: record } };
  try {
    mkdirSync(record, { recursive: true, mode: 0o700 });
  } catch (error) {
    return { problem: `--record ${record}: ${systemReason(error)}` };
  }
  return { ...facts, place: { folder: record } };
}
