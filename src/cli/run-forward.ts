/**
 * Runs `ninelives forward stdio`: starts the server first, puts the proxy together while it boots, and ends with the exit code
 * that says how it went. Does not know how the command line was written.
 */

import { isatty } from 'node:tty';
import type { Forward } from '../proxy/stdio.ts';
import { systemClock } from '../runtime/system-clock.ts';
import type { Clock, Log } from '../ports.ts';
import type { RulesInForce } from '../rules/rules-in-force.ts';
import { defaultLimits } from '../session/limits.ts';
import { defaultRestartPolicy, neverRestart, remoteRestartPolicy } from '../session/upstream.ts';
import { type ServerToForward, runningServer, startServerToForward } from '../transports/server-to-forward.ts';
import { openStandardError, openStandardStreams } from '../transports/stdio.ts';
import { codeOfSignal, exitCodeOf, exitCodes } from './exit-codes.ts';
import { HeldLog } from './held-log.ts';
import { inspectWhereAsked } from './inspect-asked.ts';
import { lookersFor } from './lookers.ts';
import { defaultLogLevel } from './log-levels.ts';
import { Orphanhood } from './orphanhood.ts';
import { People } from './people.ts';
import type { ServerRequest } from './server-flags.ts';
import type { SessionRequest } from './session-flags.ts';
import { ruleEngine, rulesInForce } from './rules-flag.ts';
import { serverLine } from './terminal.ts';
import { openTraces, tracesAsked } from './traces-asked-for.ts';

/** What was asked for. */
export interface ForwardRequest extends SessionRequest {
  readonly server: ServerRequest;
}

export async function runForward(request: ForwardRequest): Promise<never> {
  const clock = systemClock();
  const people = new People(openStandardError());
  const log = new HeldLog(request.logLevel ?? defaultLogLevel, clock, async (level, wallTime) => {
    const { openLog } = await import('./log.ts');
    return openLog(level, people, wallTime);
  });
  let proxy: Forward | null = null;
  let wasAskedToStop = false;
  let kill = (): void => {};
  const stop = (signal: NodeJS.Signals): void => {
    if (wasAskedToStop || proxy === null) {
      kill();
      process.exit(wasAskedToStop ? codeOfSignal(signal) : exitCodes.ok);
    }
    wasAskedToStop = true;
    proxy.drain();
  };
  let rules: RulesInForce | null = null;
  const hangUp = (signal: NodeJS.Signals): void => {
    if (rules === null) stop(signal);
    else void rules.reload();
  };
  // Before the server is started: there is no moment in which a signal would end us and leave the server.
  process.on('SIGTERM', stop).on('SIGINT', stop).on('SIGHUP', hangUp).on('SIGBREAK', stop);

  const server = await serverOf(request, clock, log, (line) =>
    log.inTurn(() => people.write(serverLine(line, people))),
  );
  kill = () => server.connector.kill();
  // Whatever ends us, a defect included, the server does not stay behind.
  process.on('exit', () => kill());
  const { forwardStdio } = await import('../proxy/stdio.ts');
  rules = (await rulesInForce(request.rules, clock, log)) ?? null;
  const engine = await ruleEngine(rules, request.inspect !== undefined, clock, log);
  const { ring, tracer } = await lookersFor(request, { command: 'forward stdio', server: server.command, clock, log });
  const traces = await openTraces(process.env, log);
  if (isatty(0)) log.info({}, 'your terminal is the client: type a message a line, Ctrl-D to end');
  proxy = forwardStdio({
    ...openStandardStreams(),
    server,
    clock,
    log,
    limits: request.limits ?? {},
    times: request.times ?? {},
    restart:
      request.restarts === false ? neverRestart : 'url' in request.server ? remoteRestartPolicy : defaultRestartPolicy,
    ...(request.profile === undefined ? {} : { profile: request.profile }),
    ...(engine === undefined ? {} : { rules: engine }),
    ...(tracer === undefined ? {} : { tracer }),
    ...(traces === undefined ? {} : { tracing: traces.tracing }),
    checksInvariants: request.checksInvariants === true,
  });

  const running = proxy;
  await inspectWhereAsked(request.inspect, async () => {
    const { shownServer } = await import('./shown-server.ts');
    return {
      command: 'forward stdio',
      server: shownServer(request.server, server.command),
      managed: running,
      ring,
      engine,
      rules,
      ruleFile: request.rules,
      takesFaults: true,
      drain: () => {
        if (!wasAskedToStop) running.drain();
        wasAskedToStop = true;
      },
      clock,
      log,
      say: (line) => log.inTurn(() => people.write(line)),
    };
  });

  // A process that has lost its parent has lost its client: nobody waits for what is still under way.
  const orphanhood = new Orphanhood(clock, () => proxy?.clientGone());
  const { reason, exit } = await proxy.ended;
  orphanhood.stop();
  await traces?.close();
  await log.opened();
  await people.flushed();
  process.exit(exitCodeOf(reason, exit, wasAskedToStop));
}

/** A server that is started is started before anything else is loaded. */
export async function serverOf(
  { server, limits }: ForwardRequest,
  clock: Clock,
  log: Log,
  onStderr: (line: string) => void,
): Promise<ServerToForward> {
  const lineBytesMax = limits?.frameBytesMax ?? defaultLimits.frameBytesMax;
  if ('command' in server) return startServerToForward({ ...server, clock, lineBytesMax, onStderr });
  const { openRemote } = await import('../proxy/remote.ts');
  const remote = await openRemote({
    ...server,
    clock,
    log,
    frameBytesMax: lineBytesMax,
    tracesRequests: tracesAsked(process.env) === 'otlp',
  });
  return runningServer(remote.name, remote.connector());
}
