/** The command line and its parser. Each command has a file of its own; this one knows their names and what is common to all. */

import { Command, CommanderError } from 'commander';
import { addAuth } from './auth.ts';
import { type BreakpointsRequest, addBreakpoints } from './breakpoints.ts';
import { type CompatRequest, addCompat } from './compat.ts';
import { type ConfigRequest, addConfig } from './config.ts';
import { type DoctorRequest, addDoctor } from './doctor.ts';
import { exitCodes } from './exit-codes.ts';
import { type Runners, addForward } from './forward.ts';
import { type GatewayRequest, addGateway } from './gateway.ts';
import { addInspectCommand } from './inspect-command.ts';
import type { InspectRequest } from './inspect-flag.ts';
import { type OpenRequest, addOpen } from './open.ts';
import { type PauseRequest, addPause } from './pause.ts';
import type { AuthRequest } from './run-auth.ts';
import { type RulesRequest, addRules } from './rules.ts';
import { type SessionsRequest, addSessions } from './sessions.ts';
import { type TapeRequest, addTape } from './tape.ts';
import { type VerifyRequest, addVerify } from './verify.ts';
import { packageVersion } from './version.ts';
import { type WrapRequest, addWrap } from './wrap.ts';

/** What does what a command line asks for. */
export interface AllRunners extends Runners {
  readonly compat: (request: CompatRequest) => Promise<void>;
  readonly config: (request: ConfigRequest) => Promise<void>;
  readonly gateway: (request: GatewayRequest) => Promise<void>;
  readonly auth: (request: AuthRequest) => Promise<void>;
  readonly rules: (request: RulesRequest) => Promise<void>;
  readonly inspect: (request: InspectRequest) => Promise<void>;
  readonly open: (request: OpenRequest) => Promise<void>;
  readonly breakpoints: (request: BreakpointsRequest) => Promise<void>;
  readonly pause: (request: PauseRequest) => Promise<void>;
  readonly sessions: (request: SessionsRequest) => Promise<void>;
  readonly doctor: (request: DoctorRequest) => Promise<void>;
  readonly tape: (request: TapeRequest) => Promise<void>;
  readonly verify: (request: VerifyRequest) => Promise<void>;
  readonly wrap: (request: WrapRequest) => Promise<void>;
}

export function commandLine(runners: AllRunners): Command {
  const program = new Command('ninelives')
    .enablePositionalOptions()
    .description('Stands between MCP clients and servers, keeps their sessions together, and shows what they do.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help; also after a command')
    .helpCommand(false)
    .showHelpAfterError('Run with --help to see what can be said here.')
    .exitOverride()
    .configureOutput({ writeOut: sayTo(process.stdout), writeErr: sayTo(process.stderr) })
    .addHelpText(
      'after',
      `
Examples:
  ninelives forward stdio -- npx -y @modelcontextprotocol/server-everything  # in front of one server
  ninelives wrap claude-desktop  # in front of all servers that a client starts
  ninelives open  # see what their sessions do
`,
    );
  addForward(program, runners);
  addGateway(program, runners.gateway);
  addCompat(program, runners.compat);
  addInspectCommand(program, runners.inspect);
  addOpen(program, runners.open);
  addSessions(program, runners.sessions);
  addBreakpoints(program, runners.breakpoints);
  addPause(program, runners.pause);
  addWrap(program, runners.wrap);
  addDoctor(program, runners.doctor);
  addTape(program, runners.tape);
  addVerify(program, runners.verify);
  addRules(program, runners.rules);
  addConfig(program, runners.config);
  addAuth(program, runners.auth);
  return program;
}

/** @param words what follows the name of the program. Sets the exit code when they ask for nothing that runs. */
export async function runProgram(words: readonly string[], runners: AllRunners): Promise<void> {
  const program = commandLine(runners);
  try {
    if (words.every((word) => word === '--'))
      program.error("error: say what to do: 'ninelives forward stdio -- COMMAND ARGS'");
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const wasAsked = error.code === 'commander.helpDisplayed' || error.code === 'commander.version';
    process.exitCode = wasAsked ? exitCodes.ok : exitCodes.usage;
  }
}

/** Who stops reading in the middle of a help text, as `head` does, has read enough. */
export function sayTo(stream: NodeJS.WriteStream): (text: string) => void {
  const ends = (error: NodeJS.ErrnoException): void => {
    if (error.code !== 'EPIPE') throw error;
  };
  return (text) => {
    if (!stream.listeners('error').includes(ends)) stream.on('error', ends);
    stream.write(text);
  };
}
