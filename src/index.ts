/** The public entry: the session runtime and what an embedder hands in. Every name is spelled out. */

export { createRuntime } from './runtime/runtime.ts';
export type {
  ClientPeer,
  NotTaken,
  OpenOptions,
  OpenResult,
  Runtime,
  RuntimeOptions,
  RuntimeSession,
  Sender,
  ServerPeer,
  SessionPeer,
} from './runtime/api.ts';
export type { Observation, Observer } from './runtime/observation.ts';
export type { Drift, DriftKind, RuntimeAudit } from './runtime/audit.ts';
export type { TotalsSnapshot } from './runtime/totals.ts';
export { systemClock } from './runtime/system-clock.ts';
export type {
  AbortSignalLike,
  Clock,
  Ids,
  Log,
  PeerEvents,
  PeerLink,
  UpstreamConnector,
  UpstreamEvents,
  UpstreamLink,
} from './ports.ts';
export { openSession } from './adapters/open-session.ts';
export type { SessionBetween } from './adapters/open-session.ts';
export type { PeerAdapter, PeerReports } from './adapters/peer-adapter.ts';
export { observationTarget } from './adapters/observation-target.ts';
export type {
  ObservationEvent,
  ObservationListener,
  ObservationListenerOptions,
  ObservationTarget,
} from './adapters/observation-target.ts';
export { observations } from './adapters/observations.ts';
export type { ObservationsDropped, ObservationsOptions } from './adapters/observations.ts';
export { nodeStreams } from './adapters/node-streams.ts';
export type { NodeStreamPair } from './adapters/node-streams.ts';
export type { NodeReadable, NodeWritable } from './transports/node-byte-streams.ts';
export { sdkServer } from './adapters/sdk-server.ts';
export type { SdkServer, SdkTransport } from './adapters/sdk-shape.ts';
export { sdkTransport } from './adapters/sdk-transport.ts';
export { wrapTransport } from './adapters/wrap-transport.ts';
export type { WrapOptions, WrappedTransport } from './adapters/wrap-transport.ts';
export { webStreams } from './adapters/web-streams.ts';
export type { WebReadable, WebStreamOptions, WebStreamPair, WebWritable } from './adapters/web-streams.ts';
export type { StreamAdapter, StreamOptions } from './adapters/stream-adapter.ts';
export { errorTable } from './errors.ts';
export type { ErrorCode, ErrorRow, Refusal } from './errors.ts';
export { LocalError } from './local-error.ts';
export type { LocalErrorCode } from './local-error.ts';
export type { Direction, Envelope, Frame, FrameKind, RequestId } from './protocol/envelope.ts';
export type { FaultKind, ReadFault } from './protocol/faults.ts';
export { defineInterceptor } from './session/define-interceptor.ts';
export type { InterceptorDefinition } from './session/define-interceptor.ts';
export type {
  InterceptAction,
  InterceptAnswer,
  InterceptContext,
  Interceptor,
  InterceptorSource,
  JsonObject,
  SessionMetadata,
  TransportType,
} from './session/interception.ts';
export { defaultLimits, defaultTimes } from './session/limits.ts';
export type { Limits, Times } from './session/limits.ts';
export { outcomes, sessionStates, statusOf } from './session/outcomes.ts';
export type { EndReason, Outcome, SessionState, SessionStatus } from './session/outcomes.ts';
export { builtInProfiles } from './session/profiles.ts';
export type { Profile } from './session/profiles.ts';
export { readSnapshot } from './session/read-snapshot.ts';
export type { SessionSnapshot } from './session/snapshot.ts';
export type { TagSetting, TagSettings } from './session/tag-settings.ts';
export { builtInTagRules, tagThresholds } from './session/tags.ts';
export type { TagRule, TagView } from './session/tags.ts';
export { defaultRestartPolicy, neverRestart } from './session/upstream.ts';
export type { Departure, RestartPolicy } from './session/upstream.ts';
export { createFetchHandler } from './adapters/fetch-handler.ts';
export type {
  FetchHandler,
  FetchHandlerOptions,
  FetchLimits,
  FetchTimes,
  FetchVisitor,
} from './adapters/fetch-handler.ts';
export { nodeListener } from './adapters/node-listener.ts';
export type { ListenerRequest, ListenerResponse, NodeListenerOptions } from './adapters/node-listener.ts';
