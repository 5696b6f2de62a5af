/**
 * The front of streamable HTTP for programs that have an HTTP server of their own: a function from `Request` to `Response`, for
 * every framework and runtime that speaks the Fetch standard. Opens its sessions on a runtime that is handed in. Wiring only.
 */

import { LocalError } from '../local-error.ts';
import type { Log, UpstreamConnector } from '../ports.ts';
import type { OpenOptions, Runtime } from '../runtime/api.ts';
import { buffersOf } from '../runtime/buffers-of.ts';
import { silentLog } from '../runtime/silent-log.ts';
import { type Limits, withRoomForAFrame } from '../session/limits.ts';
import { type DoorOptions, type DoorPolicy, doorPolicy } from '../transports/door.ts';
import { nobody } from '../transports/http-entrance.ts';
import { FetchFront } from '../transports/http-fetch-front.ts';
import type { HttpLimits, HttpTimes, HttpVisitor } from '../transports/http-front-options.ts';
import { RuntimeSessions } from '../transports/http-runtime-sessions.ts';

/** Who sends a request, as the program around the handler knows it: never taken from what the request says of itself. */
export interface FetchVisitor {
  /** A session belongs to the principal that opened it: to everybody else there is no such session. */
  readonly principal?: string | undefined;
  /** The same of a route: a tenant, or one of several servers behind one handler. */
  readonly route?: string | undefined;
}

/** Limits of the handler beside those of its runtime. */
export interface FetchLimits
  extends
    Pick<HttpLimits, 'replayEventsMax' | 'replayBytesMax' | 'replayTotalBytesMax'>,
    Pick<Limits, 'frameBytesMax' | 'bufferPauseBytes' | 'bufferBytesMax'> {
  /** Requests that may be under way at once, streams among them; more are answered with 429. */
  readonly requestsMax: number;
}

/** Times of the handler beside those of its runtime, in milliseconds. */
export type FetchTimes = Omit<HttpTimes, 'headersMs' | 'keepAliveMs'>;

/** What is served, to whom, and within which limits. */
export interface FetchHandlerOptions {
  readonly runtime: Runtime;
  /** How the server of a session is reached; or who says so for each visitor, once for each session. */
  readonly server: UpstreamConnector | ((visitor: FetchVisitor) => UpstreamConnector);
  readonly restart?: OpenOptions['restart'];
  /** Where MCP is served: `/mcp`. `*` for a program that has found the way already: then every request is for MCP. */
  readonly path?: string;
  /**
   * Whom requests may be for and which pages may send them: this machine alone, unless told otherwise. A server that others
   * reach says the names by which they know it in `allowHosts`.
   */
  readonly door?: Pick<DoorOptions, 'allowHosts' | 'allowOrigins'>;
  /** A legacy request that names no session: refused, or passed to a session that its visitor's requests share. */
  readonly sessionless?: 'refuse' | 'pass';
  /** Pages that the door lets in may read the answers: so it is when `door.allowOrigins` names any. */
  readonly allowsPages?: boolean;
  /** What `SessionMetadata` says of the sessions: `http`. */
  readonly transportType?: OpenOptions['transportType'];
  /** Those of sessions are to be the same as the runtime's. */
  readonly limits?: Partial<FetchLimits>;
  readonly times?: Partial<FetchTimes>;
  readonly log?: Log;
}

/** The front as a function, and its end. It can be called from wherever requests come. */
export interface FetchHandler {
  /**
   * Serves one request, of either era. The client is gone when `request.signal` is aborted or the body of the response is
   * cancelled; a reader that is slow to take that body slows down its server.
   * @param from who sends it: everybody is the same nobody unless told otherwise.
   * @throws LocalError BODY_TAKEN: somebody has read the body already.
   */
  readonly fetch: (request: Request, from?: FetchVisitor) => Promise<Response>;
  /** Opens no further sessions; those that are open go on. What is under way is waited for by `Runtime.drain`. */
  drain(): void;
  /** Ends its sessions and whatever is being answered. Resolves when clients have taken that, or soon. */
  close(): Promise<void>;
}

/**
 * Makes a handler. Methods, paths and headers that are not MCP's are answered by it as the specification says (2025-11-25,
 * basic/transports, streamable HTTP).
 *
 * ```ts
 * export const handler = createFetchHandler({ runtime, server: sdkServer(newServer) });
 * ```
 * @throws LocalError INVALID_OPTION: `door` names what is no host or origin.
 */
export function createFetchHandler(options: FetchHandlerOptions): FetchHandler {
  const { runtime, server, restart, door = {}, transportType, limits = {}, log = silentLog } = options;
  const { requestsMax, replayEventsMax, replayBytesMax, replayTotalBytesMax, ...sessionLimits } = limits;
  const sessions = new RuntimeSessions({
    runtime,
    log,
    ...(transportType === undefined ? {} : { transportType }),
    server: ({ visitor }) => ({
      connector: typeof server === 'function' ? server(visitorOf(visitor)) : server,
      ...(restart === undefined ? {} : { restart }),
    }),
  });
  const front = new FetchFront({
    ...(options.path === undefined ? {} : { path: options.path }),
    door: doorOf(door),
    sessions,
    sessionless: options.sessionless ?? 'refuse',
    allowsPages: options.allowsPages ?? (door.allowOrigins ?? []).length > 0,
    clock: runtime.clock,
    log,
    limits: definedOf({ replayEventsMax, replayBytesMax, replayTotalBytesMax }),
    times: options.times ?? {},
    sessionLimits: withRoomForAFrame(sessionLimits),
    buffers: buffersOf(runtime),
    ...(requestsMax === undefined ? {} : { requestsMax }),
  });
  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    front.drain();
    await sessions.close();
    await front.close();
  };
  return {
    fetch: async (request, from) => front.fetch(request, from === undefined ? nobody : httpVisitor(from)),
    drain: () => {
      sessions.drain();
      front.drain();
    },
    close: async () => (closed ??= close()),
  };
}

function doorOf(door: Omit<DoorOptions, 'listenHost'>): DoorPolicy {
  try {
    return doorPolicy({ listenHost: '127.0.0.1', ...door });
  } catch (error) {
    throw new LocalError('INVALID_OPTION', 'The door of the handler cannot be kept.', { cause: error });
  }
}

/** Requests without a session belong together when their principal and route are the same. */
function httpVisitor({ principal, route }: FetchVisitor): HttpVisitor {
  if (principal === undefined && route === undefined) return nobody;
  return { principal, route, key: JSON.stringify([principal, route]) };
}

function visitorOf({ principal, route }: HttpVisitor): FetchVisitor {
  return definedOf({ principal, route });
}

/** Without the members that are undefined: with them they would replace a default. */
function definedOf<Value>(members: Readonly<Record<string, Value | undefined>>): Readonly<Record<string, Value>> {
  return Object.fromEntries(
    Object.entries(members).filter((entry): entry is [string, Value] => entry[1] !== undefined),
  );
}
