/** `ninelives forward`: one upstream behind one front. */

import { type Command, InvalidArgumentError, Option } from 'commander';
import type { LoadedProfile } from '../config/profile-file.ts';
import type { Forward, ForwardEnd } from '../proxy.ts';
import { systemClock } from '../runtime/system-clock.ts';
import { type Limits, type Times, defaultLimits } from '../session/limits.ts';
import { defaultRestartPolicy, neverRestart } from '../session/upstream.ts';
import { startServerToForward } from '../transports/server-to-forward.ts';
import { openStandardError, openStandardStreams } from '../transports/stdio.ts';
import { codeOfSignal, exitCodeOf, exitCodes } from './exit-codes.ts';
import { type LogLevel, logLevels } from './log-levels.ts';
import { Orphanhood } from './orphanhood.ts';
import { People } from './people.ts';
import { serverLine } from './terminal.ts';

interface ForwardFlags {
  readonly logLevel: LogLevel;
  readonly restart: 'on-failure' | 'never';
  readonly profile?: string;
  readonly pendingMax?: number;
  readonly frameBytesMax?: number;
  readonly initializeMs?: number;
  readonly requestIdleMs?: number;
  readonly requestAbsoluteMs?: number;
  readonly drainMs?: number;
  readonly checkInvariants?: boolean;
}

/** How long the last lines on stderr may take at the end. */
const farewellMs = 500;

/** Adds `forward` to the program, whose way to fail and to show help its commands take over. */
export function addForward(program: Command): void {
  const front = program
    .command('forward')
    .description('put ninelives between one client and one server')
    .helpOption('-h, --help', 'show help')
    .helpCommand(false)
    .allowExcessArguments()
    .addHelpText('after', '\nExample:\n  ninelives forward stdio -- npx -y @modelcontextprotocol/server-everything')
    .action((_flags, command: Command) => {
      const [name] = command.args;
      const what = name === undefined ? 'say which front' : `unknown front '${name}', say`;
      command.error(`error: ${what}: 'ninelives forward stdio -- COMMAND ARGS'`);
    });
  front
    .command('stdio')
    .description('a client on standard input and output, in front of a server that is started as a child process')
    .argument('[command...]', 'the server: -- COMMAND ARGS')
    // What follows the server's command is the server's, also without the dashes.
    .passThroughOptions()
    .addOption(
      new Option('--log-level <level>', 'how much to say on stderr')
        .choices(logLevels)
        .env('NINELIVES_LOG')
        .default('info'),
    )
    .addOption(
      new Option('--restart <when>', 'start a server that went away again, at most 3 times in 60 s')
        .choices(['on-failure', 'never'])
        .default('on-failure'),
    )
    .option('--profile <name|file>', 'how this server or client differs from MCP: a built-in profile, or a file')
    .option('--pending-max <n>', 'requests that may wait for an answer at once (default: 1000)', positive)
    .option('--frame-bytes-max <n>', 'size of one message in bytes (default: 10485760)', positive)
    .option('--initialize-ms <n>', 'time for the server to answer initialize (default: 60000)', positive)
    .option('--request-idle-ms <n>', 'time without answer or progress (default: 300000)', positive)
    .option('--request-absolute-ms <n>', 'time for an answer, whatever the progress (default: 3600000)', positive)
    .option(
      '--drain-ms <n>',
      'time for requests under way when the client leaves or a stop is asked (default: 25000)',
      positive,
    )
    .option('--check-invariants', 'check the session after every step; slow, for finding defects')
    .addHelpText(
      'after',
      `
Examples:
  ninelives forward stdio -- npx -y @modelcontextprotocol/server-everything
  ninelives forward stdio --log-level trace -- node my-server.js 2>trace.log

Protocol bytes only on stdout; everything for people on stderr. Exit code: the server's own; 2 for a wrong command line,
126 and 127 when the server cannot be executed or found, 0 after SIGTERM or SIGINT.`,
    )
    .action(forward);
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('It must be a whole number above 0.');
  return value;
}

async function forward([program, ...args]: readonly string[], flags: ForwardFlags, command: Command): Promise<void> {
  if (program === undefined) {
    command.error("error: the server's command is missing: 'ninelives forward stdio -- COMMAND ARGS'");
    return;
  }
  const profile = flags.profile === undefined ? undefined : await profileOf(flags.profile);
  if (profile !== undefined && 'problem' in profile) {
    command.error(`error: ${profile.problem}`);
    return;
  }
  // All of ourselves before the server: Node 20 has been seen to load a package twice when a child ends while it imports.
  const [{ forwardStdio }, { openLog }] = await Promise.all([import('../proxy.ts'), import('./log.ts')]);
  const clock = systemClock();
  const people = new People(openStandardError());
  let proxy: Forward | null = null;
  let wasAskedToStop = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (wasAskedToStop || proxy === null) {
      server.connector.kill();
      process.exit(wasAskedToStop ? codeOfSignal(signal) : exitCodes.ok);
    }
    wasAskedToStop = true;
    proxy.drain();
  };
  // Before the server is started: there is no moment in which a signal would end us and leave the server.
  process.on('SIGTERM', stop).on('SIGINT', stop).on('SIGHUP', stop);

  const server = startServerToForward({
    command: program,
    args,
    clock,
    lineBytesMax: flags.frameBytesMax ?? defaultLimits.frameBytesMax,
    onStderr: (line) => people.write(serverLine(line, people)),
  });
  // Whatever ends us, a defect included, the server does not stay behind.
  process.on('exit', () => server.connector.kill());
  const log = openLog(flags.logLevel, people);
  if (process.stdin.isTTY) log.info({}, 'your terminal is the client: type a message a line, Ctrl-D to end');
  proxy = forwardStdio({
    ...openStandardStreams(),
    server,
    clock,
    log,
    limits: limitsOf(flags),
    times: timesOf(flags),
    restart: flags.restart === 'never' ? neverRestart : defaultRestartPolicy,
    ...(profile === undefined ? {} : { profile: profile.profile }),
    checksInvariants: flags.checkInvariants === true,
  });

  // A process that has lost its parent has lost its client: nobody waits for what is still under way.
  const orphanhood = new Orphanhood(clock, () => proxy?.clientGone());
  const end: ForwardEnd = await proxy.ended;
  orphanhood.stop();
  await people.flushed(farewellMs);
  process.exit(exitCodeOf(end.reason, end.exit, wasAskedToStop));
}

/** Reading a file takes a parser and a schema, which cost more than the rest of the start together. */
async function profileOf(nameOrFile: string): Promise<LoadedProfile> {
  const { loadProfile } = await import('../config/profile-file.ts');
  return loadProfile(nameOrFile);
}

function limitsOf(flags: ForwardFlags): Partial<Limits> {
  return {
    ...(flags.pendingMax === undefined ? {} : { pendingPerSession: flags.pendingMax }),
    ...(flags.frameBytesMax === undefined ? {} : { frameBytesMax: flags.frameBytesMax }),
  };
}

function timesOf(flags: ForwardFlags): Partial<Times> {
  const { initializeMs, requestIdleMs, requestAbsoluteMs, drainMs } = flags;
  return {
    ...(initializeMs === undefined ? {} : { initializeMs }),
    ...(requestIdleMs === undefined ? {} : { requestIdleMs }),
    ...(requestAbsoluteMs === undefined ? {} : { requestAbsoluteMs }),
    ...(drainMs === undefined ? {} : { drainMs }),
  };
}
