/**
 * Runs `ninelives forward http` and `forward ws`: listens until it is told to stop, lets what is under way finish, and ends with
 * the exit code that says how it went. Does not know how the command line was written.
 */

import type { ClusterRequest } from '../config/cluster-address.ts';
import type { Clock, Log } from '../ports.ts';
import {
  type Backend,
  type SharedChildOptions,
  childBackend,
  sharedChildBackend,
  urlBackend,
} from '../proxy/backend.ts';
import { type GuardRequest, openGuard } from '../proxy/guard.ts';
import { ListenError, type ListeningForward, type ListeningOptions } from '../proxy/listening.ts';
import { systemClock } from '../runtime/system-clock.ts';
import type { RulesInForce } from '../rules/rules-in-force.ts';
import { defaultLimits } from '../session/limits.ts';
import { defaultRestartPolicy, neverRestart, remoteRestartPolicy } from '../session/upstream.ts';
import type { FrontTuning } from '../transports/http-front-options.ts';
import type { ServerExit } from '../transports/child-process.ts';
import { openStandardError } from '../transports/stdio.ts';
import { keepCertificate } from './certificate-files.ts';
import { joinWhereAsked } from './cluster-asked.ts';
import type { JoinOptions } from './cluster-join.ts';
import { codeOfSignal, exitCodes } from './exit-codes.ts';
import type { ListenRequest } from './listen-flags.ts';
import { inspectWhereAsked } from './inspect-asked.ts';
import { lookersFor } from './lookers.ts';
import { openLog } from './log.ts';
import { defaultLogLevel } from './log-levels.ts';
import { People } from './people.ts';
import type { ServerRequest } from './server-flags.ts';
import type { SessionRequest } from './session-flags.ts';
import { ruleEngine, rulesInForce } from './rules-flag.ts';
import { shownServer } from './shown-server.ts';
import type { Traces } from './otlp.ts';
import { serverLine } from './terminal.ts';
import { openTraces, tracesAsked } from './traces-asked-for.ts';

export interface ListeningRequest extends SessionRequest {
  readonly kind: 'http' | 'ws';
  readonly server: ServerRequest;
  /** One server process for all sessions. */
  readonly shares: boolean;
  /** Other nodes of its cluster may start the command anew for sessions that it had. */
  readonly restartable: boolean;
  readonly listen: ListenRequest;
  readonly front?: FrontTuning;
  /** Who may come in; everybody whom the door lets in unless it is said. */
  readonly guard?: GuardRequest;
  /** To be one node of several that serve the same sessions. */
  readonly cluster?: ClusterRequest;
}

export async function runListening(request: ListeningRequest): Promise<never> {
  const clock = systemClock();
  const people = new People(openStandardError());
  const log = openLog(request.logLevel ?? defaultLogLevel, people, () => clock.wallTime());
  let forward: ListeningForward | undefined;
  let traces: Traces | null = null;
  let kill = (): void => {};
  let wasAskedToStop = false;

  const leave = async (code: number): Promise<never> => {
    await traces?.close();
    await people.flushed();
    process.exit(code);
  };
  const end = async (code: number): Promise<never> => {
    await forward?.close();
    return leave(code);
  };
  const stop = (signal: NodeJS.Signals): void => {
    if (wasAskedToStop || forward === undefined) {
      kill();
      process.exit(wasAskedToStop ? codeOfSignal(signal) : exitCodes.ok);
    }
    drain(forward, signal);
  };
  const drain = (running: ListeningForward, signal?: NodeJS.Signals): void => {
    wasAskedToStop = true;
    log.info({ signal, sessions: [...running.runtime.sessions()].length }, 'draining');
    void running.drain().then(async () => end(exitCodes.ok));
  };
  let rules: RulesInForce | null = null;
  const hangUp = (signal: NodeJS.Signals): void => {
    if (rules === null) stop(signal);
    else void rules.reload();
  };
  process.on('SIGTERM', stop).on('SIGINT', stop).on('SIGHUP', hangUp).on('SIGBREAK', stop);
  process.on('exit', () => kill());

  const backend = await backendOf(request, clock, log, {
    stderr: (line) => people.write(serverLine(line, people)),
    // What cannot be started for the first session cannot be started for any.
    notStarted: (exit) => {
      const isExecutable = exit.spawnError?.kind !== 'not-executable';
      if (!wasAskedToStop) void end(isExecutable ? exitCodes.notFound : exitCodes.notExecutable);
    },
  });
  kill = () => backend.kill();
  rules = (await rulesInForce(request.rules, clock, log)) ?? null;
  const engine = await ruleEngine(rules, request.inspect !== undefined, clock, log);
  const { ring, tracer } = await lookersFor(request, {
    command: `forward ${request.kind}`,
    server: backend.name,
    clock,
    log,
  });
  traces = (await openTraces(process.env, log)) ?? null;
  const cluster = await joinWhereAsked(request.cluster, {
    clock,
    log,
    ...boundsOf(request),
    isStopping: () => wasAskedToStop,
    onFenced: () => {
      wasAskedToStop = true;
      void end(exitCodes.sessionFailed);
    },
  });
  if (cluster === 'refused') {
    await backend.stop();
    return leave(exitCodes.cannotJoin);
  }
  try {
    forward = await open(request, backend, clock, log, {
      ...(cluster === undefined ? {} : { cluster }),
      ...(engine === undefined ? {} : { rules: engine }),
      ...(tracer === undefined ? {} : { tracer }),
      ...(traces === null ? {} : { tracing: traces.tracing }),
    });
  } catch (error) {
    if (!(error instanceof ListenError)) throw error;
    log.error({}, error.message);
    await cluster?.close();
    await backend.stop();
    return leave(exitCodes.cannotListen);
  }
  const { tls } = request.listen;
  const listening = forward;
  if (tls !== undefined) keepCertificate(tls, (certificate) => listening.renewCertificate(certificate), log);
  if (request.logLevel !== 'silent')
    people.write(`ninelives listening on ${forward.url}, in front of ${backend.name}\n`);
  const running = forward;
  await inspectWhereAsked(request.inspect, () => ({
    command: `forward ${request.kind}`,
    server: shownServer(request.server, backend.name),
    url: running.url,
    managed: running,
    ring,
    engine,
    rules,
    ruleFile: request.rules,
    cluster,
    takesFaults: true,
    drain: () => {
      if (!wasAskedToStop) drain(running);
    },
    clock,
    log,
    say: (line) => people.write(line),
  }));
  return new Promise(() => {});
}

/** Who is asked about frames, and who sees what becomes of them. */
type Around = Pick<ListeningOptions, 'rules' | 'tracer' | 'tracing' | 'cluster'>;

/** What a cluster has to know of the limits. */
function boundsOf({ limits }: ListeningRequest): Pick<JoinOptions, 'frameBytesMax' | 'pendingTotal'> {
  const { frameBytesMax, pendingTotal } = { ...defaultLimits, ...limits };
  return { frameBytesMax, pendingTotal };
}

async function open(
  request: ListeningRequest,
  backend: Backend,
  clock: Clock,
  log: Log,
  around: Around,
): Promise<ListeningForward> {
  const { guard: asked, rules: _, cluster: _cluster, ...rest } = request;
  const { listen } = rest;
  const surroundings = { path: listen.path, isTls: listen.tls !== undefined, clock };
  const guard = asked === undefined ? undefined : await openGuard(asked, surroundings);
  const options: ListeningOptions = {
    ...rest,
    backend,
    clock,
    log,
    ...around,
    ...(guard === undefined ? {} : { guard }),
  };
  if (request.kind === 'http') {
    const { forwardHttp } = await import('../proxy/http.ts');
    return forwardHttp(options);
  }
  const { forwardWebSocket } = await import('../proxy/websocket.ts');
  return forwardWebSocket(options);
}

interface BackendReports {
  readonly stderr: (line: string) => void;
  readonly notStarted: (exit: ServerExit) => void;
}

async function backendOf(
  { server, limits, restarts, shares, restartable }: ListeningRequest,
  clock: Clock,
  log: Log,
  reports: BackendReports,
): Promise<Backend> {
  const frameBytesMax = limits?.frameBytesMax ?? defaultLimits.frameBytesMax;
  if ('command' in server) {
    let hasStarted = false;
    const children: SharedChildOptions = {
      ...server,
      log,
      clock,
      lineBytesMax: frameBytesMax,
      restart: restarts === false ? neverRestart : defaultRestartPolicy,
      restartable,
      onStderr: reports.stderr,
      onSpawned: (pid) => {
        hasStarted = true;
        log.info({ pid, command: server.command }, 'server started');
      },
      onExit: (exit) => {
        const { code, signal, spawnError } = exit;
        if (spawnError === undefined) {
          log.info({ code, signal }, 'server exited');
          return;
        }
        const { kind: reason, message: error } = spawnError;
        log.error({ command: server.command, reason, error }, 'the server could not be started');
        if (!hasStarted) reports.notStarted(exit);
      },
    };
    return shares ? sharedChildBackend(children) : childBackend(children);
  }
  const { openRemote } = await import('../proxy/remote.ts');
  const remote = await openRemote({
    ...server,
    clock,
    log,
    frameBytesMax,
    tracesRequests: tracesAsked(process.env) === 'otlp',
  });
  return urlBackend({
    name: remote.name,
    restart: restarts === false ? neverRestart : remoteRestartPolicy,
    connector: () => remote.connector(),
    stop: async () => remote.close(),
  });
}
