/**
 * What is wrong with an event of a session, in a sentence, and the section of the specification that it breaks, where it breaks one.
 * Judges by what was noted when the event happened; the session may be another by now.
 */

import type { FrameLegality } from '../protocol/classify.ts';
import { classifyFrame } from '../protocol/classify.ts';
import type { Direction } from '../protocol/envelope.ts';
import type { FaultKind, ReadFault } from '../protocol/faults.ts';
import { eraOf } from '../protocol/revisions.ts';
import { decodeText } from '../protocol/text.ts';
import type { SendEffect } from '../session/effects.ts';
import type { EffectFailed, FailureCause, FrameArrived, SessionEvent } from '../session/events.ts';
import type { TracePlace } from './trace-ring.ts';
import type { TracedProblem } from './traced-event.ts';
import { missingCapability } from './traced-event-capability.ts';
import { type Section, jsonRpc, sectionUrl } from './traced-event-sections.ts';
import type { Oddity } from './traced-session.ts';

/** Undefined: nothing is wrong with it. The first of several is told. */
export function problemOf(place: TracePlace): TracedProblem | undefined {
  const { event, decision, from } = place;
  if (typeof event === 'string') return undefined;
  if (decision === 'rolled-back') return { text: 'Something threw while this was decided: nothing of it is left' };
  if (decision === 'unexpected') {
    const text = `${event.type} is not allowed in the state ${from}`;
    return 'frame' in event ? broken('operation', place, text) : { text };
  }
  return ofOddity(place) ?? ofEvent(place, event);
}

function ofEvent(place: TracePlace, event: SessionEvent): TracedProblem | undefined {
  switch (event.type) {
    case 'frame.malformed':
      return ofFault(place, event.fault);
    case 'frame.request':
      return ofRefusal(place) ?? ofLegality(place, event) ?? ofHaste(place, event) ?? ofReach(place, event);
    case 'frame.response':
    case 'frame.notification':
      return ofLegality(place, event);
    case 'effect.failed':
      return ofFailure(event);
    case 'frame.decided':
    case 'request.expired':
    case 'upstream.ready':
    case 'upstream.lost':
    case 'client.attached':
    case 'client.closed':
    case 'exchange.closed':
    case 'session.reopened':
    case 'session.close':
    case 'session.drain':
    case 'session.ticked':
    case 'session.expired':
    case 'session.labelled':
      return undefined;
  }
}

function broken(section: Section, { revision }: TracePlace, text: string): TracedProblem {
  return { text, spec: sectionUrl(section, revision) };
}

const oddityTexts: Readonly<Record<Oddity, { readonly text: string; readonly section?: Section }>> = {
  lateResponses: { text: 'The answer came too late: its request had ended otherwise, and it goes no further' },
  duplicateResponses: {
    text: 'The request was answered already: the second answer goes no further',
    section: 'responses',
  },
  bogusResponses: { text: 'Nobody asked for this answer: it goes no further', section: 'responses' },
  lateProgress: { text: 'The progress came after the end of its request', section: 'progress' },
  unattributedProgress: { text: 'No request that waits has this progress token', section: 'progress' },
  lateCancellations: { text: 'The request that it names had ended: it goes no further' },
  illegalCancellations: { text: 'The handshake cannot be cancelled: it goes no further', section: 'cancellation' },
  ambiguousCancellations: { text: 'Several requests that wait have this id: it goes no further', section: 'requests' },
  refusedHeld: { text: 'There was no room to hold it' },
  refusedLabels: { text: 'The label is too long, or one too many: it was not set' },
};

function ofOddity(place: TracePlace): TracedProblem | undefined {
  if (place.oddity === undefined) return undefined;
  const { text, section } = oddityTexts[place.oddity];
  return section === undefined ? { text } : broken(section, place, text);
}

const faultSections: Readonly<Record<FaultKind, Section | 'json' | undefined>> = {
  'not-json': 'json',
  'invalid-utf8': 'json',
  'not-an-object': 'messages',
  'invalid-message': 'messages',
  'invalid-id': 'requests',
  'empty-batch': 'messages',
  // Limits of ours.
  'id-too-long': undefined,
  'too-deep': undefined,
  'frame-too-large': undefined,
  'batch-too-large': undefined,
};

function ofFault(place: TracePlace, { fault, reason }: ReadFault): TracedProblem {
  const section = faultSections[fault];
  if (section === undefined) return { text: reason };
  return section === 'json' ? { text: reason, spec: jsonRpc.parse } : broken(section, place, reason);
}

/** The request was refused in our own name: the answer says why. */
function ofRefusal(place: TracePlace): TracedProblem | undefined {
  const refused = place.effects.some((effect) => effect.type === 'settled' && effect.outcome === 'refused');
  if (!refused) return undefined;
  const answer = place.effects.find(isOwnAnswer);
  const { message, reason } = answer === undefined ? {} : errorIn(answer);
  const text = reason ?? message ?? 'The request was refused';
  const isDuplicate = reason?.startsWith('A request with this id') === true;
  return isDuplicate ? broken('requests', place, text) : { text };
}

function isOwnAnswer(effect: TracePlace['effects'][number]): effect is SendEffect {
  return effect.type === 'send' && effect.frame === undefined && effect.kind === 'response';
}

function errorIn({ message: [bytes] }: SendEffect): { readonly message?: string; readonly reason?: string } {
  const said = JSON.parse(decodeText(bytes ?? new Uint8Array())) as {
    readonly error?: { readonly message?: string; readonly data?: { readonly reason?: string } };
  };
  const { message, data } = said.error ?? {};
  return {
    ...(message === undefined ? {} : { message }),
    ...(typeof data?.reason === 'string' ? { reason: data.reason } : {}),
  };
}

const legalityTexts: Readonly<Record<Exclude<FrameLegality, 'legal'>, (method: string, sender: string) => string>> = {
  'unknown-method': (method) => `No revision knows the method ${method}`,
  'wrong-kind': (method) => `${method} has an id where it may have none, or none where it needs one`,
  'wrong-sender': (method, sender) => `${method} is not for a ${sender} to send`,
  'not-in-revision': (method) => `The revision that was agreed on does not have ${method}`,
  'response-not-expected': () => 'In the revision that was agreed on, servers ask nothing',
  'batch-not-allowed': () => 'The revision that was agreed on has no batches',
};

function ofLegality(place: TracePlace, { frame, direction }: FrameArrived): TracedProblem | undefined {
  const legality = classifyFrame(frame.envelope, direction, place.revision);
  if (legality === 'legal') return undefined;
  const text = legalityTexts[legality](frame.envelope.method, senderOf(direction));
  // Extensions have methods of their own.
  return legality === 'unknown-method' ? { text } : broken('methods', place, text);
}

function senderOf(direction: Direction): string {
  return direction === 'client-to-server' ? 'client' : 'server';
}

const firstMethods: ReadonlySet<string> = new Set(['initialize', 'ping', 'server/discover']);

/** The handshake and pings come before all else, in revisions that have a handshake. */
function ofHaste(place: TracePlace, { frame, direction }: FrameArrived): TracedProblem | undefined {
  const { envelope } = frame;
  const isEarly = place.from === 'initializing' && !firstMethods.has(envelope.method);
  if (!isEarly || eraOf(envelope) === 'modern') return undefined;
  return broken(
    'handshake',
    place,
    `${envelope.method} came from the ${senderOf(direction)} before the handshake was over`,
  );
}

/** What the peers agreed on in their handshake stays as it is for as long as the session lives. */
function ofReach(place: TracePlace, { frame, direction }: FrameArrived): TracedProblem | undefined {
  const { method } = frame.envelope;
  const facts = place.revision === undefined ? undefined : place.session?.record.facts;
  const capability = facts === undefined ? undefined : missingCapability(method, direction, facts);
  if (capability === undefined) return undefined;
  const answerer = direction === 'client-to-server' ? 'server' : 'client';
  return broken(
    'operation',
    place,
    `${method} needs the capability ${capability}, which the ${answerer} has not announced`,
  );
}

const failureTexts: Readonly<Record<FailureCause, string>> = {
  'buffer-full': 'It could not be written: too much waits for its reader already',
  'peer-gone': 'It could not be written: its reader is gone',
  nowhere: 'The client has no stream open that it could go to',
  unsent: 'It did not reach the server',
  unanswered: 'It was sent, and what should have brought the answer ended without one',
  'internal-error': 'What it followed from was undone',
};

function ofFailure({ cause, reason }: EffectFailed): TracedProblem {
  return { text: reason === undefined ? failureTexts[cause] : `${failureTexts[cause]}: ${reason}` };
}
