/** Flags that name places of messages, and may be said several times. */

import { type Command, InvalidArgumentError } from 'commander';
import { type PathPattern, isBadPath, pathPattern } from '../path-pattern.ts';

/** @throws InvalidArgumentError, with which the parser says which flag it was. */
export function anyPath(text: string, before: readonly PathPattern[] = []): readonly PathPattern[] {
  const read = pathPattern(text);
  if (isBadPath(read)) throw new InvalidArgumentError(read.problem);
  return [...before, read];
}

/** What may be hidden of a message: without the rest it would be none. */
const carriers: readonly string[] = ['params', 'result', 'error'];

/** As `anyPath`, for places below `params`, `result` or `error`. */
export function hiddenPath(text: string, before: readonly PathPattern[] = []): readonly PathPattern[] {
  const paths = anyPath(text, before);
  const [first = '', second] = paths.at(-1)!;
  if (carriers.includes(first) && second !== undefined) return paths;
  throw new InvalidArgumentError(
    `${JSON.stringify(text)}: only what is below params, result or error can be hidden; write params.arguments.password or result.content[*].text`,
  );
}

/** `--redact`: what is hidden beside what is known to be secret. */
export function addRedactFlag(command: Command, where: string): Command {
  return command.option(
    '--redact <path>',
    `hide what is there in messages ${where}; may be said several times`,
    hiddenPath,
  );
}
