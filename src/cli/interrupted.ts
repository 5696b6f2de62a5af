/** Ctrl-C, for what has to end in good order: the first asks for it, the second does not wait. */

import { codeOfSignal } from './exit-codes.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Aborted when somebody interrupts. */
export function untilInterrupted(): AbortSignal {
  const controller = new AbortController();
  for (const signal of signals) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(codeOfSignal(signal));
      controller.abort();
    });
  }
  return controller.signal;
}
