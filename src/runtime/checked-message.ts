/** Refuses what is no message at the place where it was handed over: text, above all, which would be read as nonsense. */

import { LocalError } from '../local-error.ts';

/** @throws LocalError INVALID_MESSAGE */
export function checkMessage(message: unknown): void {
  // The bytes of another realm (a frame of a page, a test runner's sandbox) are no less bytes.
  if (message instanceof Uint8Array || Object.prototype.toString.call(message) === '[object Uint8Array]') return;
  throw new LocalError('INVALID_MESSAGE', `A message is bytes (Uint8Array), and not of type ${typeof message}.`);
}
