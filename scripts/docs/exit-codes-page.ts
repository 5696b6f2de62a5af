/** docs/reference/exit-codes.md: what `forward stdio` exits with, asked of the function that decides it. */

import { exitCodeOf, exitCodes } from '../../src/cli/exit-codes.ts';
import type { EndReason } from '../../src/session/outcomes.ts';
import type { ServerExit } from '../../src/transports/child-process.ts';
import { code, generatedFrom, table } from './markdown.ts';

/** When it is given, and what to do. */
const fixed: Readonly<Record<keyof typeof exitCodes, readonly [when: string, todo: string]>> = {
  ok: ['The session ended well.', 'Nothing.'],
  sessionFailed: [
    "The session failed for a reason that is not the server's exit; or `ninelives doctor` found a problem, or a leak, or `ninelives verify` a broken law.",
    'Read stderr: the last line of the session names the reason, which stands below.',
  ],
  usage: [
    'The command line, or a file that it names, is wrong; or `ninelives compat` was given what nothing here stands for. Nothing was started.',
    'Read the line that begins with `error:`, and `--help` of the command.',
  ],
  cannotListen: [
    'The address to listen on is in use, or is none of this machine.',
    'Choose another one with `--listen`, or end what has it.',
  ],
  notManaged: [
    '`ninelives sessions`: no process that can be managed runs here, or none has the session that was named.',
    'Start the front with `--inspect`, and ask as the same user.',
  ],
  notTested: [
    '`ninelives verify`: what was to be tested could not be started, or not be reached.',
    'Try its command, or its URL, without us.',
  ],
  cannotJoin: [
    '`--cluster`: the server of the cluster cannot be reached, or is none that can be relied on.',
    'Read stderr: it says what is wrong with it.',
  ],
  notExecutable: ["The server's command exists and cannot be executed.", 'Make it executable (`chmod +x`).'],
  notFound: [
    "The server's command was not found.",
    'Give its whole path, or mend `PATH`: clients on a desktop often have a short one.',
  ],
  signalBase: [
    'And above: this plus the number of a signal that ended the server, or that ended us when it was sent twice.',
    'Find out who sent it: 137 is often the end of memory.',
  ],
};

const reasons: Readonly<Record<EndReason, true>> = {
  'client-closed': true,
  'client-gone': true,
  drained: true,
  'closed-by-operator': true,
  'shutdown-agreed': true,
  evicted: true,
  'handed-over': true,
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
      ['code', 'when', 'what to do'],
      Object.entries(exitCodes).map(([name, number]) => [String(number), ...fixed[name as keyof typeof exitCodes]]),
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
