/**
 * The last messages, and requests of HTTP without one, for which no session was found: what they were, whom they were for, and which
 * rule they break. Kept as facts, not as frames. Bounded; the oldest is forgotten first.
 */

import type { Direction, Frame } from '../protocol/envelope.ts';
import type { SessionMethod, UnplacedFact } from '../runtime/tracer.ts';
import type { UnplacedFrame } from './traced-event.ts';
import { sectionUrl } from './traced-event-sections.ts';

const framesMax = 100;
const idCharactersMax = 64;

const methods: Readonly<Record<SessionMethod, string>> = { GET: 'GET for its stream', DELETE: 'DELETE of the session' };

export class UnplacedFrames {
  #frames: UnplacedFrame[] = [];
  #count = 0;
  readonly #listeners = new Set<() => void>();

  /** How many there have been. */
  get count(): number {
    return this.#count;
  }

  /** The last of them, oldest first. */
  newest(): readonly UnplacedFrame[] {
    return this.#frames;
  }

  note(fact: UnplacedFact): void {
    const frame = frameOf(fact);
    if (frame === undefined) return;
    this.#count++;
    this.#frames = [...this.#frames.slice(1 - framesMax), frame];
    for (const listener of this.#listeners) listener();
  }

  /** @returns how to stop that. */
  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** Undefined: it is no message, and nobody has said anything. */
function frameOf(fact: UnplacedFact): UnplacedFrame | undefined {
  const { sessionId, at } = fact;
  if (fact.type === 'foreign') {
    const { direction, bytes } = fact;
    const problem = { text: 'The session belongs to somebody else: nothing of this was told to it' };
    return { at, sessionId, direction, bytes, what: 'message', problem };
  }
  if (fact.type === 'unknown') {
    // It is what somebody has sent, and may be anything.
    const named = sessionId.slice(0, idCharactersMax);
    const problem = {
      text: 'There is no session of this id: its client begins a new one',
      spec: sectionUrl('sessions', undefined),
    };
    return { at, sessionId: named, direction: 'client-to-server', ...said(fact.said), problem };
  }
  const { event } = fact;
  if (event.type === 'frame.malformed') {
    return {
      at,
      sessionId,
      direction: event.direction,
      bytes: event.bytes,
      what: 'not a message',
      problem: ended(event.direction),
    };
  }
  if (!('frame' in event)) return undefined;
  return { at, sessionId, direction: event.direction, ...said(event.frame), problem: ended(event.direction) };
}

function said(frame: Frame | SessionMethod): Pick<UnplacedFrame, 'bytes' | 'what' | 'id'> {
  if (typeof frame === 'string') return { bytes: 0, what: methods[frame] };
  const { kind, id, method } = frame.envelope;
  const bytes = frame.value === undefined ? frame.bytes.length : (frame.size ?? 0);
  return { bytes, what: method === '' ? kind : `${kind} ${method}`, ...(id === undefined ? {} : { id }) };
}

function ended(direction: Direction): UnplacedFrame['problem'] {
  const text =
    direction === 'client-to-server'
      ? 'The session of this message has ended: its client begins a new one'
      : 'The session of this message has ended: nobody waits for it';
  return { text, spec: sectionUrl('shutdown', undefined) };
}
