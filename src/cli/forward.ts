/** `ninelives forward`: one upstream behind one front. What it may be told, and what that means. */

import { type Command, InvalidArgumentError, Option } from 'commander';
import type { LoadedProfile } from '../config/profile-file.ts';
import type { Limits, Times } from '../session/limits.ts';
import { builtInProfiles } from '../session/profiles.ts';
import { type LogLevel, defaultLogLevel, logLevels } from './log-levels.ts';
import type { ForwardRequest } from './run-forward.ts';

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

/** Adds `forward` to the program, whose way to fail and to show help its commands take over. */
export function addForward(program: Command, run: (request: ForwardRequest) => Promise<void>): void {
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
        .default(defaultLogLevel),
    )
    .addOption(
      new Option('--restart <when>', 'start a server that went away again, at most 3 times in 60 s')
        .choices(['on-failure', 'never'])
        .default('on-failure'),
    )
    .option('--profile <name|file>', 'how this server or client differs from MCP: a built-in profile, or a file')
    .option('--pending-max <n>', 'requests of each side that may wait for an answer at once (default: 1000)', positive)
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
    .action(async (words: readonly string[], flags: ForwardFlags, command: Command) => {
      const request = await requestOf(words, flags);
      if ('problem' in request) command.error(`error: ${request.problem}`);
      else await run(request);
    });
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('It must be a whole number above 0.');
  return value;
}

async function requestOf(
  [program, ...args]: readonly string[],
  flags: ForwardFlags,
): Promise<ForwardRequest | { readonly problem: string }> {
  if (program === undefined || program === '') {
    return { problem: "the server's command is missing: 'ninelives forward stdio -- COMMAND ARGS'" };
  }
  const loaded = flags.profile === undefined ? undefined : await profileOf(flags.profile);
  if (loaded !== undefined && 'problem' in loaded) return loaded;
  return {
    command: program,
    args,
    logLevel: flags.logLevel,
    limits: limitsOf(flags),
    times: timesOf(flags),
    restarts: flags.restart !== 'never',
    ...(loaded === undefined ? {} : { profile: loaded.profile }),
    checksInvariants: flags.checkInvariants === true,
  };
}

/** Reading a file takes a parser and a schema, which cost more than the rest of the start together. */
async function profileOf(nameOrFile: string): Promise<LoadedProfile> {
  const profile = builtInProfiles.get(nameOrFile);
  if (profile !== undefined) return { profile };
  const { loadProfile } = await import('../config/profile-file.ts');
  return loadProfile(nameOrFile);
}

function limitsOf(flags: ForwardFlags): Partial<Limits> {
  return {
    ...(flags.pendingMax === undefined
      ? {}
      : { pendingPerSession: flags.pendingMax, questionsPerSession: flags.pendingMax }),
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
