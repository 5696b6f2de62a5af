/**
 * The composition root of `forward http`: clients that shake hands get a session each; exchanges that name no session share one
 * for each principal, so that a server process, limits and tags have something to hold on to. Wiring only.
 */

import { buffersOf } from '../runtime/buffers-of.ts';
import { createTracedRuntime } from '../runtime/runtime.ts';
import { defaultTimes, withRoomForAFrame } from '../session/limits.ts';
import { doorPolicy } from '../transports/door.ts';
import { openHttpFront } from '../transports/http-front.ts';
import { RuntimeSessions } from '../transports/http-runtime-sessions.ts';
import {
  ListenError,
  type ListeningForward,
  type ListeningOptions,
  listenProblem,
  runtimeOptionsOf,
} from './listening.ts';

/** @throws ListenError with a sentence that says what to do. */
export async function forwardHttp(options: ListeningOptions): Promise<ListeningForward> {
  const { backend, clock, log, listen, guard, cluster, front: tuning } = options;
  const { host, port, path, door = {}, tls } = listen;
  const limits = withRoomForAFrame(options.limits);
  const { isReachedElsewhere } = backend;
  const place = cluster?.place({ name: path, isReachedElsewhere });
  const runtimeOptions = runtimeOptionsOf(options, limits);
  const runtime = createTracedRuntime(
    place === undefined ? runtimeOptions : { ...runtimeOptions, ids: place.ids },
    options.tracer,
    cluster?.ledger,
  );
  place?.serves(runtime);
  if (options.observer !== undefined) runtime.observe(options.observer);
  if (options.rules !== undefined) options.rules.watch(runtime);
  options.tracing?.watch(runtime);
  let isDraining = false;
  const front = await openHttpFront({
    host,
    port,
    path,
    door: doorPolicy({ listenHost: host, ...door, isGuarded: guard !== undefined }),
    ...(guard === undefined ? {} : { identify: guard.identify, documents: guard.documents }),
    sessions: new RuntimeSessions({
      runtime,
      log,
      tracer: options.tracer,
      ids: place?.ids,
      onOver: (sessionId, reason) => place?.over(sessionId, reason),
      server: () => {
        const behind = backend.open();
        return { connector: behind.connector, restart: backend.restart, release: () => behind.release() };
      },
    }),
    carrier: place === undefined ? undefined : (around) => place.carrier(around),
    sessionless: backend.servesSessionless ? 'pass' : 'refuse',
    allowsPages: (door.allowOrigins?.length ?? 0) > 0,
    ...(tls === undefined ? {} : { tls }),
    unreadiness: () => (isDraining ? 'draining' : (cluster?.problem() ?? backend.problem())),
    clock,
    log,
    ...tuning,
    sessionLimits: limits,
    buffers: buffersOf(runtime),
  }).catch((error: unknown) => {
    throw error instanceof Error ? new ListenError(listenProblem(error, host, port)) : error;
  });
  return {
    runtime,
    url: front.url,
    renewCertificate: (certificate) => front.renewCertificate(certificate),
    drain: async () => {
      isDraining = true;
      front.drain();
      const left = cluster?.drain({ ...defaultTimes, ...options.times }.drainMs);
      await runtime.drain();
      await left;
    },
    close: async () => {
      isDraining = true;
      await runtime.stop();
      await cluster?.close();
      await front.close();
      await backend.stop();
      await guard?.close();
    },
  };
}
