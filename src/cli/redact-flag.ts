/** `--redact` and `--redact-header`: what is hidden of messages beside what is known to be secret. */

import { type Command, InvalidArgumentError } from 'commander';
import type { PathPattern } from '../path-pattern.ts';
import type { RedactionOptions } from '../redaction.ts';
import { hiddenPath } from './path-flag.ts';

export interface RedactFlags {
  readonly redact?: readonly PathPattern[];
  readonly redactHeader?: readonly string[];
}

export function addRedactFlag(command: Command): Command {
  return command.option(
    '--redact <path>',
    'also hide what is at this path of messages, besides what is known to be secret; may be repeated',
    hiddenPath,
  );
}

export function addRedactFlags(command: Command): Command {
  return addRedactFlag(command).option(
    '--redact-header <name>',
    'also hide the values of this header; may be repeated',
    headerName,
  );
}

/** Undefined: nothing but what is known to be secret. */
export function hiddenBy({ redact: paths, redactHeader: headers }: RedactFlags): RedactionOptions | undefined {
  if (paths === undefined && headers === undefined) return undefined;
  return { ...(paths === undefined ? {} : { paths }), ...(headers === undefined ? {} : { headers }) };
}

/** What a front that shows or keeps messages whole is told if it is to hide something as well. */
export function contradiction(flags: RedactFlags, flag: string): { readonly problem: string } | undefined {
  if (hiddenBy(flags) === undefined) return undefined;
  return { problem: `--redact and --redact-header hide, and ${flag} whole hides nothing: say one of them` };
}

/** @throws InvalidArgumentError for what is no name of a header. */
function headerName(text: string, before: readonly string[] = []): readonly string[] {
  if (!/^[!#$%&'*+.^_`|~\w-]+$/.test(text)) {
    throw new InvalidArgumentError('It must be the name of a header, such as Mcp-Param-Account.');
  }
  return [...before, text];
}
