/** The composition root of `forward ws`: each connection is a session in front of the backend. Wiring only. */

import { type IncomingMessage, type Server, createServer } from 'node:http';
import { type ServerOptions, createServer as createTlsServer } from 'node:https';

import type { Refusal } from '../errors.ts';
import type { Log, TimerHandle } from '../ports.ts';
import type { Runtime } from '../runtime/api.ts';
import { createTracedRuntime } from '../runtime/runtime.ts';
import { withRoomForAFrame } from '../session/limits.ts';
import type { Claims } from '../session/interception.ts';
import type { EndReason } from '../session/outcomes.ts';
import { doorPolicy } from '../transports/door.ts';
import { Crowding } from '../transports/http-crowding.ts';
import { defaultHttpLimits, defaultHttpTimes } from '../transports/http-front-options.ts';
import { renewCertificate } from '../transports/tls-certificate.ts';
import type { WebSocketLink } from '../transports/websocket-link.ts';
import { type UpgradeRefusal, handshakeLimits, openWebSocketFront } from '../transports/websocket-front.ts';
import type { UpgradeAdmission, Upgraded } from './guard.ts';
import type { Backend } from './backend.ts';
import { answerHealth } from './health.ts';
import { type ListeningForward, type ListeningOptions, listenOn, runtimeOptionsOf, urlOf } from './listening.ts';
import { waited } from './waited.ts';

/** RFC 6455, section 7.4.1, as registered since. */
const tryAgainLater = 1013;
const policyViolation = 1008;

/** A client that comes again after a failure, and not after an end in order, is told which it was. */
function closeCodeOf(reason: string): number {
  if (ordinaryEnds.has(reason)) return 1000;
  return reason === 'drained' || reason === 'drain-deadline' ? 1001 : 1011;
}

const ordinaryEnds: ReadonlySet<string> = new Set<EndReason>([
  'client-closed',
  'client-gone',
  'closed-by-operator',
  'shutdown-agreed',
  'evicted',
]);

/** How long clients have to agree to the end of their connections. */
const farewellMs = 1000;

export async function forwardWebSocket(options: ListeningOptions): Promise<ListeningForward> {
  const { backend, clock, listen, guard } = options;
  const { connectionsMax } = { ...defaultHttpLimits, ...options.front?.limits };
  const limits = withRoomForAFrame(options.limits);
  const runtime = createTracedRuntime(runtimeOptionsOf(options, limits), options.tracer);
  if (options.observer !== undefined) runtime.observe(options.observer);
  if (options.rules !== undefined) options.rules.watch(runtime);
  options.tracing?.watch(runtime);
  const door = doorPolicy({ listenHost: listen.host, ...listen.door, isGuarded: guard !== undefined });
  const upgraded = new WeakMap<IncomingMessage, Upgraded>();
  let isDraining = false;
  const server = serverOf(options);
  const crowding = new Crowding(server, connectionsMax, clock, options.log);
  server.on('request', (request, response) => {
    answerHealth(request, response, () => (isDraining ? 'draining' : backend.problem()));
  });
  const front = openWebSocketFront({
    server,
    path: listen.path,
    crowding,
    clock,
    frameBytesMax: limits.frameBytesMax,
    heartbeatMs: options.front?.times?.heartbeatMs ?? defaultHttpTimes.heartbeatMs,
    admit: (request) => {
      const refusal = door.check(request.headersDistinct);
      if (refusal !== undefined) return { status: refusal.status, body: `${refusal.reason}\n` };
      if (isDraining) return { status: 503, body: 'draining\n', headers: { 'Retry-After': '1' } };
      const admission = guard?.admitUpgrade(request);
      const remembered = (admitted: UpgradeAdmission): UpgradeRefusal | undefined => {
        if ('refusal' in admitted) return admitted.refusal;
        upgraded.set(request, admitted);
        return undefined;
      };
      if (admission instanceof Promise) return admission.then(remembered);
      return admission === undefined ? undefined : remembered(admission);
    },
    onConnection: (link, request) =>
      openWebSocketSession(runtime, link, upgraded.get(request) ?? { principal: undefined }, options),
  });
  const url = urlOf(listen.tls === undefined ? 'ws' : 'wss', await listenOn(server, listen), listen.path);
  return {
    runtime,
    url,
    renewCertificate: (certificate) => renewCertificate(server, certificate),
    drain: async () => {
      isDraining = true;
      await runtime.drain();
    },
    close: async () => {
      isDraining = true;
      front.close();
      await runtime.stop();
      await Promise.race([front.empty, waited(farewellMs, clock)]);
      front.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await backend.stop();
      await guard?.close();
    },
  };
}

/** What a connection is a session in front of. */
export interface WebSocketSurroundings extends Pick<ListeningOptions, 'log' | 'profile'> {
  readonly backend: Pick<Backend, 'open' | 'restart'>;
}

/** Who opens a connection, and where to; from `expiresAt` on (wall time in milliseconds) what proved it holds no longer. */
export interface WebSocketVisitor {
  readonly principal: string | undefined;
  readonly route?: string;
  readonly expiresAt?: number | undefined;
  readonly claims?: Claims | undefined;
}

/** Opens a session for a connection, or closes that with what is in the way. */
export function openWebSocketSession(
  runtime: Runtime,
  link: WebSocketLink,
  { principal, route, expiresAt, claims }: WebSocketVisitor,
  { backend, log, profile }: WebSocketSurroundings,
): void {
  const behind = backend.open();
  const opened = runtime.open({
    transportType: 'websocket',
    client: {
      write: (message) => link.write(message),
      pause: (isPaused) => link.pause(isPaused),
      close: (reason) => link.close(reason, closeCodeOf(reason)),
    },
    server: behind.connector,
    restart: backend.restart,
    ...(principal === undefined ? {} : { principal }),
    ...(route === undefined ? {} : { route }),
    ...(claims === undefined ? {} : { claims }),
    ...(profile === undefined ? {} : { profile }),
    onEnded: (reason) =>
      log.info({ session: 'session' in opened ? opened.session.id : undefined, reason }, 'session ended'),
    onServerStopped: () => behind.release(),
  });
  if ('refusal' in opened) {
    behind.release();
    refuseConnection(link, opened.refusal, log);
    return;
  }
  const { session } = opened;
  log.info({ session: session.id }, 'session opened');
  const expiry =
    expiresAt === undefined ? undefined : whenExpired(runtime, expiresAt, () => link.close('expired', policyViolation));
  link.start({
    message: (bytes) => session.client.receive(bytes),
    unreadable: (fault, bytes) => session.client.unreadable(fault, bytes),
    drained: () => session.client.drained(),
    leaving: (error) =>
      log.warn({ session: session.id, error: error.message }, 'a client broke the rules of WebSocket'),
    closed: () => {
      runtime.clock.clearTimeout(expiry);
      session.client.closed(true);
    },
  });
}

/** Whoever comes again with another token goes on. */
function whenExpired({ clock }: Runtime, expiresAt: number, act: () => void): TimerHandle {
  return clock.setTimeout(act, expiresAt - clock.wallTime());
}

export function refuseConnection(link: WebSocketLink, { code, data }: Refusal, log: Log): void {
  log.warn({ code, ...data }, 'a connection was refused');
  link.close(code, tryAgainLater);
}

function serverOf({ listen, front = {} }: ListeningOptions): Server {
  const { headerBytesMax } = { ...defaultHttpLimits, ...front.limits };
  const { headersMs } = { ...defaultHttpTimes, ...front.times };
  const limits = handshakeLimits({ headerBytesMax, handshakeTimeoutMs: headersMs });
  return listen.tls === undefined
    ? createServer(limits)
    : createTlsServer({ ...limits, ...listen.tls } as ServerOptions);
}
