/** The log of a runtime that was given none. */

import type { Log } from '../ports.ts';

function nothing(): void {}

export const silentLog: Log = {
  traces: false,
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
};
