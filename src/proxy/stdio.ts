/**
 * The composition root of `forward stdio`: one client on our standard streams, one server as a child process, one session
 * between them. Wiring only: what happens to frames and sessions is decided elsewhere.
 */

import type { Readable, Writable } from 'node:stream';

import type { Tracing } from '../observe/spans.ts';
import type { Clock, Log } from '../ports.ts';
import { probeOversize } from '../protocol/oversize.ts';
import type { RuleEngine } from '../rules/rule-engine.ts';
import type { Runtime, RuntimeOptions, RuntimeSession } from '../runtime/api.ts';
import type { Observer } from '../runtime/observation.ts';
import { createTracedRuntime } from '../runtime/runtime.ts';
import type { Tracer } from '../runtime/tracer.ts';
import { type Limits, type Times, withRoomForAFrame } from '../session/limits.ts';
import type { EndReason } from '../session/outcomes.ts';
import type { Profile } from '../session/profiles.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import type { RestartPolicy } from '../session/upstream.ts';
import { type ServerExit } from '../transports/child-process.ts';
import type { ServerToForward } from '../transports/server-to-forward.ts';
import { openStdioFront } from '../transports/stdio.ts';
import { waited } from './waited.ts';

export interface ForwardStdioOptions {
  readonly server: ServerToForward;
  readonly input: Readable;
  readonly output: Writable;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits?: Partial<Limits>;
  readonly times?: Partial<Times>;
  readonly profile?: Profile;
  readonly restart?: RestartPolicy;
  readonly checksInvariants?: boolean;
  readonly observer?: Observer;
  /** What is done to frames on their way. */
  readonly rules?: RuleEngine;
  /** Makes spans of requests and of the session. */
  readonly tracing?: Tracing;
  /** Sees every event of the session. */
  readonly tracer?: Tracer;
}

/** How a forward ended: why its session did, and what became of the server. */
export interface ForwardEnd {
  readonly reason: EndReason;
  readonly exit: ServerExit | undefined;
  readonly snapshot: SessionSnapshot;
}

/** How long we wait, when we have been asked to stop, for a client that does not read its answers. */
const patienceMs = 1000;

export interface Forward {
  readonly runtime: Runtime;
  readonly session: RuntimeSession;
  /** Resolves when the session has ended, the server and all it started are gone, and everything is written out. */
  readonly ended: Promise<ForwardEnd>;
  /**
   * Takes no new requests, lets what is under way finish until the drain deadline, then ends. When the client has closed
   * its side already, it has lost patience with us: then everything ends now.
   */
  drain(): void;
  /** Nobody is left to read: the client process is gone. */
  clientGone(): void;
  /** Kills the server and everything it started, now. */
  kill(): void;
}

export function forwardStdio(options: ForwardStdioOptions): Forward {
  const { clock, log, server } = options;
  const { connector } = server;
  const limits = withRoomForAFrame(options.limits);
  const lineBytesMax = limits.frameBytesMax;
  let exit: ServerExit | undefined;
  let isClientLeaving = false;
  let reason: EndReason | undefined;
  server.listener = {
    spawned: (pid) => log.info({ pid, command: server.command }, 'server started'),
    exited: (departed) => {
      exit = departed;
      logExit(log, server.command, departed);
    },
  };
  const interceptors = options.tracing?.after(options.rules) ?? options.rules;
  const runtimeOptions: RuntimeOptions = {
    clock,
    log,
    limits,
    ...(options.times === undefined ? {} : { times: options.times }),
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    ...(interceptors === undefined ? {} : { interceptors }),
    ...(options.checksInvariants === undefined ? {} : { checksInvariants: options.checksInvariants }),
  };
  const runtime = createTracedRuntime(runtimeOptions, options.tracer);
  if (options.observer !== undefined) runtime.observe(options.observer);
  if (options.rules !== undefined) options.rules.watch(runtime);
  options.tracing?.watch(runtime);

  const end = deferred<ForwardEnd>();
  const allWritten = deferred();
  const stopAsked = deferred();
  const front = openStdioFront({
    input: options.input,
    output: options.output,
    lineBytesMax,
    onMessage: (line) => session.client.receive(line),
    onOversize: (line) => session.client.unreadable(probeOversize(line), line.totalBytes),
    onPartial: (rest) => session.client.receive(rest),
    onDrained: () => session.client.drained(),
    onClosed: (why) => {
      isClientLeaving = true;
      log.info({ session: session.id, why }, 'client closed its side');
      session.client.closed(why !== 'eof');
    },
  });
  const opened = runtime.open({
    transportType: 'stdio',
    client: {
      ...front,
      close: (why) => {
        front.close(why);
        void front.flush().then(allWritten.resolve);
      },
    },
    // There is one session, and a reader that has stopped for a while, such as a pager, is to find everything.
    clientLingerMs: Infinity,
    server: connector,
    ...(options.restart === undefined ? {} : { restart: options.restart }),
    onEnded: (why) => {
      reason = why;
      log.info({ session: session.id, reason: why }, 'session ended');
      if (log.traces) log.trace({ session: session.id, life: session.snapshot() }, 'session life');
    },
    onServerStopped: () => void conclude(),
  });
  if ('refusal' in opened) throw new Error('A runtime without sessions refused its first one');
  const { session } = opened;

  async function conclude(): Promise<void> {
    // The server is gone; what it had started may not be.
    await connector.stop();
    await Promise.race([allWritten.promise, stopAsked.promise.then(async () => waited(patienceMs, clock))]);
    await runtime.stop();
    end.resolve({ reason: reason ?? 'internal-error', exit, snapshot: session.snapshot() });
  }

  return {
    runtime,
    session,
    ended: end.promise,
    drain: () => {
      log.info({ session: session.id, pending: session.snapshot().pending.length }, 'draining');
      stopAsked.resolve();
      if (isClientLeaving) {
        session.close();
        connector.hurry();
      } else session.drain();
    },
    clientGone: () => {
      stopAsked.resolve();
      session.client.closed(true);
    },
    kill: () => connector.kill(),
  };
}

function logExit(log: Log, command: string, { code, signal, spawnError }: ServerExit): void {
  if (spawnError === undefined) log.info({ code, signal }, 'server exited');
  else log.error({ command, reason: spawnError.kind, error: spawnError.message }, 'the server could not be started');
}

interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
}

function deferred<T = void>(): Deferred<T> {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((resolvePromise) => {
    resolve = resolvePromise;
  });
  return { promise, resolve };
}
