/** A number on the command line that counts something. */

import { InvalidArgumentError } from 'commander';

/** @throws InvalidArgumentError, with which the parser says which flag it was. */
export function positive(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('It must be a whole number above 0.');
  return value;
}
