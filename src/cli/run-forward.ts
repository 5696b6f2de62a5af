/**
 * Runs `ninelives forward stdio`: starts the server first, puts the proxy together while it boots, and ends with the exit code
 * that says how it went. Does not know how the command line was written.
 */

import { isatty } from 'node:tty';
import type { Forward } from '../proxy.ts';
import { systemClock } from '../runtime/system-clock.ts';
import { type Limits, type Times, defaultLimits } from '../session/limits.ts';
import type { Profile } from '../session/profiles.ts';
import { defaultRestartPolicy, neverRestart } from '../session/upstream.ts';
import { startServerToForward } from '../transports/server-to-forward.ts';
import { openStandardError, openStandardStreams } from '../transports/stdio.ts';
import { codeOfSignal, exitCodeOf, exitCodes } from './exit-codes.ts';
import { HeldLog } from './held-log.ts';
import { type LogLevel, defaultLogLevel } from './log-levels.ts';
import { Orphanhood } from './orphanhood.ts';
import { People } from './people.ts';
import { serverLine } from './terminal.ts';

/** What was asked for. What is left out is as the limits and times of a session are by default. */
export interface ForwardRequest {
  readonly command: string;
  readonly args: readonly string[];
  readonly logLevel?: LogLevel;
  /** Whether a server that went away is started again; it is unless this is false. */
  readonly restarts?: boolean;
  readonly profile?: Profile;
  readonly limits?: Partial<Limits>;
  readonly times?: Partial<Times>;
  readonly checksInvariants?: boolean;
}

/** How long the last lines on stderr may take at the end. */
const farewellMs = 500;

export async function runForward(request: ForwardRequest): Promise<never> {
  const clock = systemClock();
  const people = new People(openStandardError());
  const log = new HeldLog(request.logLevel ?? defaultLogLevel, clock, async (level, wallTime) => {
    const { openLog } = await import('./log.ts');
    return openLog(level, people, wallTime);
  });
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
    command: request.command,
    args: request.args,
    clock,
    lineBytesMax: request.limits?.frameBytesMax ?? defaultLimits.frameBytesMax,
    onStderr: (line) => log.inTurn(() => people.write(serverLine(line, people))),
  });
  // Whatever ends us, a defect included, the server does not stay behind.
  process.on('exit', () => server.connector.kill());
  const { forwardStdio } = await import('../proxy.ts');
  if (isatty(0)) log.info({}, 'your terminal is the client: type a message a line, Ctrl-D to end');
  proxy = forwardStdio({
    ...openStandardStreams(),
    server,
    clock,
    log,
    limits: request.limits ?? {},
    times: request.times ?? {},
    restart: request.restarts === false ? neverRestart : defaultRestartPolicy,
    ...(request.profile === undefined ? {} : { profile: request.profile }),
    checksInvariants: request.checksInvariants === true,
  });

  // A process that has lost its parent has lost its client: nobody waits for what is still under way.
  const orphanhood = new Orphanhood(clock, () => proxy?.clientGone());
  const { reason, exit } = await proxy.ended;
  orphanhood.stop();
  await log.opened();
  await people.flushed(farewellMs);
  process.exit(exitCodeOf(reason, exit, wasAskedToStop));
}
