/** The sessions of a tape, to be gone through: each was made again by the chart that runs, event by event. */

import type { SessionView, TracedEvent } from '../../src/inspector/feed-messages.ts';
import { type OpenedTape, openTape } from '../../src/inspector/tape/opened-tape.ts';
import { explain } from '../../src/observe/explain.ts';
import { tracedEvent } from '../../src/observe/traced-event-view.ts';
import type { PlayedSession } from './played-session.ts';
import { ringBody } from './ring-body.ts';
import { tapeParts } from './tape-parts.ts';

export interface PlayedTape {
  readonly sessions: readonly PlayedSession[];
  /** What is wrong with it, a sentence each. */
  readonly notes: readonly string[];
}

/** More would be a wait without a word. */
const fileBytesMax = 64 * 1024 * 1024;

/** @returns a sentence where the file is no tape. */
export async function playTape(file: Blob): Promise<PlayedTape | string> {
  if (file.size > fileBytesMax)
    return `It is longer than ${fileBytesMax / 1024 / 1024} MiB: use 'ninelives tape open'.`;
  try {
    const opened = await openTape(tapeParts(file));
    if ('problem' in opened) return `Line ${opened.line}: ${opened.problem}.`;
    const sessions = opened.sessions().map(({ id }) => new TapedSession(opened, id));
    return { sessions, notes: opened.tape.notes };
  } catch (error) {
    return `It cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}

class TapedSession implements PlayedSession {
  readonly id: string;
  readonly events: readonly TracedEvent[];
  readonly epochOffset: number;
  readonly #tape: OpenedTape;

  constructor(tape: OpenedTape, id: string) {
    this.id = id;
    this.#tape = tape;
    const { header } = tape.tape;
    this.epochOffset = header.wallTime - header.now;
    this.events = (tape.eventsOf(id) ?? []).map((seq) => tracedEvent(tape.ring.event(seq)!, tape.ring));
  }

  viewAt(index: number): SessionView | undefined {
    const event = this.events[index];
    const snapshot = this.#tape.momentAt(this.id, index);
    if (event === undefined || snapshot === undefined) return undefined;
    return { type: 'session', at: event.at, snapshot, explanation: explain(snapshot) };
  }

  bodyOf(seq: number): string | undefined {
    return ringBody(this.#tape.ring, seq);
  }
}
