/** What the exit code of a command says. Listed in docs/reference/exit-codes.md. */

import { constants } from 'node:os';
import type { EndReason } from '../session/outcomes.ts';
import type { ServerExit } from '../transports/child-process.ts';

export const exitCodes = {
  ok: 0,
  /** The session failed for a reason that is not the server's exit: a deadline, a changed server, a defect. */
  sessionFailed: 1,
  /** The command line or a file it names is wrong; nothing was started. */
  usage: 2,
  /** The address to listen on is in use, or not ours. */
  cannotListen: 3,
  /** No process that can be managed runs here, or none of them has the session that was named. */
  notManaged: 4,
  /** What was to be tested could not be started, or not be reached. */
  notTested: 5,
  /** The cluster cannot be joined: its server is away, or not one to be relied on. */
  cannotJoin: 6,
  /** The server command exists and cannot be executed. */
  notExecutable: 126,
  /** The server command was not found. */
  notFound: 127,
  /** Added to the number of the signal that ended the process. */
  signalBase: 128,
} as const;

/** What a shell would say of a process that this signal ended. Numbers differ between systems. */
export function codeOfSignal(signal: string): number {
  const numbers: Readonly<Record<string, number>> = constants.signals;
  return exitCodes.signalBase + (numbers[signal] ?? 0);
}

/**
 * The exit code of `forward stdio`. Who put us in between sees what the server would have shown: its own exit code. A server
 * that we had to end by signal after its client left ended well.
 */
export function exitCodeOf(reason: EndReason, exit: ServerExit | undefined, wasAskedToStop: boolean): number {
  if (exit?.spawnError !== undefined) {
    return exit.spawnError.kind === 'not-executable' ? exitCodes.notExecutable : exitCodes.notFound;
  }
  if (wasAskedToStop) return exitCodes.ok;
  switch (reason) {
    case 'client-closed':
    case 'client-gone':
    case 'drained':
    case 'closed-by-operator':
    case 'shutdown-agreed':
    case 'evicted':
      return exit?.signal == null ? (exit?.code ?? exitCodes.ok) : exitCodes.ok;
    case 'upstream-lost':
    case 'upstream-exhausted':
      if (exit === undefined) return exitCodes.sessionFailed;
      if (exit.signal !== null) return codeOfSignal(exit.signal);
      return exit.code ?? exitCodes.sessionFailed;
    case 'drain-deadline':
      return exitCodes.ok;
    case 'initialize-timeout':
    case 'idle':
    case 'age':
    case 'upstream-changed':
    case 'recovery-deadline':
    case 'buffer-full':
    case 'handed-over':
    case 'node-fenced':
    case 'internal-error':
      return exitCodes.sessionFailed;
  }
}
