/** The pure core: protocol, session domain and charts, without any I/O. The same code runs in Node, browsers and workers. */

export { readMessage, readMessages, defaultReadLimits } from './protocol/read.ts';
export type { ReadLimits } from './protocol/read.ts';
export type { Direction, Envelope, Frame, FrameKind, RequestId } from './protocol/envelope.ts';
export type { FaultKind, ReadFault } from './protocol/faults.ts';
export { LineFramer } from './protocol/lines.ts';
export { classifyFrame } from './protocol/classify.ts';
export { methodRow } from './protocol/methods.ts';
export { revisionRow } from './protocol/revisions.ts';
export { sessionEventTypes } from './session/events.ts';
export type { SessionEvent, SessionEventType } from './session/events.ts';
export { outcomes, sessionStates, statusOf } from './session/outcomes.ts';
export { resolveSession } from './session/resolution.ts';
export { snapshotOf } from './session/snapshot.ts';
export { sessionMachine } from '../machines/session.ts';
export { supervisorMachine } from '../machines/supervisor.ts';
export { upstreamMachine } from '../machines/upstream.ts';
