/** Places of messages on the command line, one after the other: what a flag is given that may be said several times. */

import { InvalidArgumentError } from 'commander';
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
