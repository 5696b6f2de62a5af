/** Ctrl-C, and what else ends a process: for what has to end in good order, and for what must not outlive us. */

import { codeOfSignal } from './exit-codes.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Aborted when somebody interrupts. The first time asks for an end in good order, the second does not wait for it. */
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

/**
 * Says what is to be done while something runs: `leave` each time that somebody interrupts, `kill` when this process ends. Returns
 * how to take it back.
 */
export function whileItRuns(leave: () => void, kill: () => void): () => void {
  process.on('SIGINT', leave).on('SIGTERM', leave).on('exit', kill);
  return () => {
    process.off('SIGINT', leave).off('SIGTERM', leave).off('exit', kill);
  };
}
