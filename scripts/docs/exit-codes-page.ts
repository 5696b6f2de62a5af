/** docs/reference/exit-codes.md: what `forward stdio` exits with, asked of the function that decides it. */

import { exitCodeOf, exitCodes } from '../../src/cli/exit-codes.ts';
import type { EndReason } from '../../src/session/outcomes.ts';
import type { ServerExit } from '../../src/transports/child-process.ts';
import { code, generatedFrom, table } from './markdown.ts';

const fixed: Readonly<Record<keyof typeof exitCodes, string>> = {
  ok: 'The session ended well.',
  sessionFailed:
    "The session failed for a reason that is not the server's exit; or `ninelives doctor` found a problem, or a leak, or `ninelives verify` a broken law.",
  usage: 'The command line, or a file that it names, is wrong. Nothing was started.',
  cannotListen: 'The address to listen on is in use, or is none of this machine.',
  notManaged: '`ninelives sessions`: no process that can be managed runs here, or none has the session that was named.',
  notTested: '`ninelives verify`: what was to be tested could not be started, or not be reached.',
  cannotJoin: '`--cluster`: the server of the cluster cannot be reached, or is none that can be relied on.',
  notExecutable: "The server's command exists and cannot be executed.",
  notFound: "The server's command was not found.",
  signalBase:
    'And above: this plus the number of a signal that ended the server, or that ended us when it was sent twice.',
};

const reasons: Readonly<Record<EndReason, true>> = {
  'client-closed': true,
  'client-gone': true,
  drained: true,
  'closed-by-operator': true,
  'shutdown-agreed': true,
  evicted: true,
  'node-fenced': true,
  'drain-deadline': true,
  'upstream-lost': true,
  'upstream-exhausted': true,
  'initialize-timeout': true,
  idle: true,
  age: true,
  'upstream-changed': true,
  'recovery-deadline': true,
  'buffer-full': true,
  'internal-error': true,
};

/** A code that no rule of ours gives, so that it shows where the server's own passes. */
const serversOwn = 77;

export function exitCodesPage(): string {
  const exits: readonly (ServerExit | undefined)[] = [
    { code: serversOwn, signal: null, lastStderr: [] },
    { code: null, signal: 'SIGKILL', lastStderr: [] },
    undefined,
  ];
  return [
    generatedFrom('src/cli/exit-codes.ts'),
    '# Exit codes',
    `Who puts Ninelives in front of a server sees what the server would have shown: its own exit code, where the session ended with
its server.`,
    table(
      ['code', 'when'],
      Object.entries(exitCodes).map(([name, number]) => [String(number), fixed[name as keyof typeof exitCodes]]),
    ),
    '## `forward stdio`, by the reason of the end',
    'The reasons are those of [states and outcomes](states-and-outcomes.md).',
    table(
      ['reason', 'the server exited', 'a signal ended the server (SIGKILL)', 'no server had run'],
      (Object.keys(reasons) as EndReason[]).map((reason) => [
        code(reason),
        ...exits.map((exit) => shown(exitCodeOf(reason, exit, false))),
      ]),
    ),
    `After SIGTERM, SIGINT or SIGHUP the code is ${exitCodeOf('drain-deadline', undefined, true)}, whatever the server does: a stop was asked,
and it happened. A second signal kills the server and everything it started at once.`,
  ].join('\n\n');
}

function shown(exitCode: number): string {
  return exitCode === serversOwn ? "the server's own" : String(exitCode);
}
