/**
 * The pure core: protocol, session domain, charts, the runtime that makes actors of them, and the adapters that need no
 * platform. The same code runs in Node, browsers and workers. XState's types may show here, and nothing but XState is loaded.
 */

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
export { transactional } from './runtime/transactional.ts';
export type {
  CommittableUnit,
  Transactional,
  TransactionalHooks,
  TransactionalRecord,
} from './runtime/transactional.ts';
export type {
  AbortSignalLike,
  Clock,
  DeliveryResult,
  ExchangeLink,
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
export { webStreams } from './adapters/web-streams.ts';
export type { WebReadable, WebStreamOptions, WebStreamPair, WebWritable } from './adapters/web-streams.ts';
export type { StreamAdapter, StreamOptions } from './adapters/stream-adapter.ts';
export { errorTable } from './errors.ts';
export type { ErrorCode, ErrorRow, Refusal } from './errors.ts';
export { LocalError } from './local-error.ts';
export type { LocalErrorCode } from './local-error.ts';
export { readMessage, readMessages, defaultReadLimits } from './protocol/read.ts';
export type { ReadLimits } from './protocol/read.ts';
export { scanMessage } from './protocol/scan.ts';
export type { ScanLimits } from './protocol/scan.ts';
export type { Direction, Envelope, Frame, FrameKind, RequestId } from './protocol/envelope.ts';
export type { FaultKind, ReadFault } from './protocol/faults.ts';
export { LineFramer } from './protocol/lines.ts';
export type { LineLimits, OversizeLine } from './protocol/lines.ts';
export { probeOversize } from './protocol/oversize.ts';
export { classifyFrame } from './protocol/classify.ts';
export { methodRow } from './protocol/methods.ts';
export { revisionRow } from './protocol/revisions.ts';
export { sessionEventTypes } from './session/events.ts';
export type { SessionEvent, SessionEventType } from './session/events.ts';
export type {
  InterceptAction,
  InterceptAnswer,
  InterceptContext,
  Interceptor,
  SessionMetadata,
  TransportType,
} from './session/interception.ts';
export { defaultLimits, defaultTimes } from './session/limits.ts';
export type { Limits, Times } from './session/limits.ts';
export { outcomes, sessionStates, statusOf } from './session/outcomes.ts';
export type { EndReason, Outcome, SessionState, SessionStatus } from './session/outcomes.ts';
export { PendingTable } from './session/pending-table.ts';
export { Exchange, PendingEntry } from './session/pending.ts';
export { builtInProfiles } from './session/profiles.ts';
export type { Profile } from './session/profiles.ts';
export { resolveSession } from './session/resolution.ts';
export type { FrameOrigin, Resolution, ResolutionOptions, SessionIndex } from './session/resolution.ts';
export { snapshotOf } from './session/snapshot.ts';
export { readSnapshot } from './session/read-snapshot.ts';
export type { SessionSnapshot } from './session/snapshot.ts';
export type { TagSetting, TagSettings } from './session/tag-settings.ts';
export { builtInTagRules, evaluateTags, tagNames, tagThresholds } from './session/tags.ts';
export type { TagRule, TagView } from './session/tags.ts';
export { defaultRestartPolicy, neverRestart } from './session/upstream.ts';
export type { Departure, RestartPolicy } from './session/upstream.ts';
export { sessionMachine } from '../machines/session.ts';
export { supervisorMachine } from '../machines/supervisor.ts';
export { condition, update } from '../machines/update.ts';
export type { UnitOfWork, Update } from '../machines/update.ts';
export { upstreamMachine } from '../machines/upstream.ts';
