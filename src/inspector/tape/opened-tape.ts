/**
 * A tape that somebody looks at: gone through once, into a ring that keeps all of its events, as the ring of a process keeps its last
 * ones. So what is shown of a tape is what would have been shown when it happened. Says in words where the tape does not fit.
 */

import { TraceRing } from '../../observe/trace-ring.ts';
import type { TracedSession } from '../../observe/traced-session.ts';
import type { TapePart } from '../../record/tape-parts.ts';
import { type Divergence, Rebuild } from '../../record/rebuild.ts';
import type { TapeHeader, TapeLine } from '../../record/tape-format.ts';
import type { ReadLine, TapeProblem } from '../../record/tape-lines.ts';
import { loadTape } from '../../record/tape-travel.ts';
import type { Tracer } from '../../runtime/tracer.ts';
import type { SessionSnapshot } from '../../session/snapshot.ts';
import { TapeMoments } from './tape-moments.ts';

/** Further ones are counted. */
const divergencesSaidMax = 20;
/** Some milliseconds. */
const linesPreparedAtOnce = 256;

/** The tape itself, as its readers see it. */
export interface TapeAsRead {
  readonly header: TapeHeader;
  /** Lines behind the header. */
  readonly lines: number;
  /** What is wrong with it, a sentence each. */
  readonly notes: readonly string[];
}

interface TapedSession {
  readonly session: TracedSession;
  /** Its number on the tape. */
  readonly number: number;
  /** Of its events: their numbers in the ring, and the places of their lines. */
  readonly seqs: number[];
  readonly places: number[];
}

/** Reads all of it. A tape whose first lines cannot be used is a problem; one that ends in the middle has a note about that. */
export async function openTape(parts: AsyncIterable<TapePart>): Promise<OpenedTape | TapeProblem> {
  const notes: string[] = [];
  const tape = await loadTape(noting(parts, notes));
  if (!('header' in tape)) return tape;
  if (tape.problem !== undefined) {
    notes.push(`Line ${tape.problem.line}: ${tape.problem.problem}. What is behind it is not shown.`);
  }
  return new OpenedTape(tape.header, tape.lines, notes);
}

async function* noting(parts: AsyncIterable<TapePart>, notes: string[]): AsyncGenerator<TapePart, void> {
  for await (const part of parts) {
    if (part.type === 'cut-off') {
      notes.push(
        `Line ${part.line}, the last one, is cut off, as a crash leaves it, or is being written. It is left out.`,
      );
    }
    if (part.type === 'altered') {
      notes.push('The digest in the last line is another one: lines were changed, or are missing.');
    }
    yield part;
  }
}

export class OpenedTape {
  readonly tape: TapeAsRead;
  readonly ring: TraceRing;
  /** Of its last line, on its own clock. */
  readonly endsAt: number;
  readonly #sessions = new Map<string, TapedSession>();
  readonly #moments: TapeMoments;

  /** @param notes what was wrong with its text. */
  constructor(header: TapeHeader, read: readonly ReadLine[], notes: readonly string[]) {
    const lines = withNames(read);
    // A session has an event more on a ring than lines at most, and the ring takes one at least.
    this.ring = new TraceRing({ eventsMax: lines.length + 1, bytesMax: Infinity });
    this.endsAt = lines.at(-1)?.line.at ?? header.now;
    this.#moments = new TapeMoments(lines);
    const said = [...notes, ...gapsIn(lines), ...divergencesSaid(this.#play(lines), lines)];
    this.tape = { header, lines: lines.length, notes: said };
  }

  sessions(): readonly TracedSession[] {
    return [...this.#sessions.values()].map(({ session }) => session);
  }

  /** The numbers of a session's events in the ring, oldest first; undefined where there is no such session. */
  eventsOf(sessionId: string): readonly number[] | undefined {
    return this.#sessions.get(sessionId)?.seqs;
  }

  /** A session as it was after one of its events. @param index of the event among those of the session, from 0. */
  momentAt(sessionId: string, index: number): SessionSnapshot | undefined {
    const taped = this.#sessions.get(sessionId);
    if (taped?.places[index] === undefined) return undefined;
    return this.#moments.at(taped.number, taped.places, index);
  }

  /** Does a little of what makes moments of the sessions that were looked at quick to have. @returns whether there is more of that to do. */
  prepareMoments(): boolean {
    return this.#moments.prepare(linesPreparedAtOnce);
  }

  #play(lines: readonly ReadLine[]): readonly Divergence[] {
    const { ring } = this;
    let present: { readonly line: TapeLine; readonly place: number } | undefined;
    const note = (id: string): void => {
      const { line, place } = present!;
      if (!('session' in line)) return;
      const known = this.#sessions.get(id);
      const taped = known ?? { session: ring.session(id)!, number: line.session, seqs: [], places: [] };
      if (known === undefined) this.#sessions.set(id, taped);
      taped.seqs.push(ring.newestSeq);
      taped.places.push(place);
    };
    const tracer: Tracer = {
      opened: (record) => {
        ring.opened(record);
        note(record.id);
      },
      decided: (record, ...decided) => {
        ring.decided(record, ...decided);
        note(record.id);
      },
      ended: (record) => {
        ring.ended(record);
        note(record.id);
      },
    };
    const rebuild = new Rebuild({ tracer });
    for (const [place, read] of lines.entries()) {
      present = { line: read.line, place };
      rebuild.apply(read);
    }
    return rebuild.divergences;
  }
}

/** A tape has the beginnings of ids alone, and these may be the same. */
function withNames(read: readonly ReadLine[]): readonly ReadLine[] {
  const seen = new Set<string>();
  return read.map((each) => {
    const { line } = each;
    if (line.event !== 'session.opened') return each;
    const id = seen.has(line.id) ? `${line.id}-${line.session}` : line.id;
    seen.add(id);
    return id === line.id ? each : { ...each, line: { ...line, id } };
  });
}

function gapsIn(lines: readonly ReadLine[]): readonly string[] {
  const dropped = lines.reduce((sum, { line }) => sum + (line.event === 'tape.gap' ? line.dropped : 0), 0);
  return dropped === 0 ? [] : [`${dropped} events are not on the tape: they could not be written in time.`];
}

/** @param lines to find the number of a line in the file by its `seq`. */
function divergencesSaid(divergences: readonly Divergence[], lines: readonly ReadLine[]): readonly string[] {
  const numbers = new Map(lines.map(({ number, line }) => [line.seq, number]));
  const said = divergences
    .slice(0, divergencesSaidMax)
    .map(({ seq, session, text }) => `Line ${numbers.get(seq) ?? '?'}, session ${session}: ${text}.`);
  const more = divergences.length - said.length;
  return more === 0 ? said : [...said, `And ${more} more lines that do not fit.`];
}
