/**
 * A tape of everything that a world goes through, with a snapshot of each session after each of its events beside it: so that what
 * is made again from the tape can be held against what was. Nothing is written anywhere.
 */
import { expect } from 'vitest';
import { Recorder } from '../../src/record/recorder.ts';
import { Rebuild } from '../../src/record/rebuild.ts';
import { type ReadLine, readLine } from '../../src/record/tape-lines.ts';
import { encodeText } from '../../src/protocol/text.ts';
import type { Tracer } from '../../src/runtime/tracer.ts';
import type { SessionRecord } from '../../src/session/record.ts';
import { type SessionSnapshot, snapshotOf } from '../../src/session/snapshot.ts';
import type { TagRule } from '../../src/session/tags.ts';
import { KeptLines, plain } from '../record/kept-lines.ts';

/** A world that goes on for longer is held to its law for as long as this. */
const linesMax = 2000;
const charactersMax = 500_000;
/** A snapshot names every request that waits: of a flood there is none. */
const pendingMax = 50;

export class Taping implements Tracer {
  /** By the number of the line that told of the event. */
  readonly #live = new Map<number, SessionSnapshot>();
  readonly #recorder: Recorder;
  readonly #kept = new KeptLines((line) => {
    this.#characters += line.length;
    return !this.#isFull;
  });
  #characters = 0;

  constructor() {
    this.#recorder = new Recorder({
      sink: this.#kept,
      hide: plain,
      digest: () => 'none',
      bodyBytesMax: 100_000,
    });
  }

  opened(record: SessionRecord): void {
    this.#recorder.opened(record);
  }

  decided(...[record, event, decision, from, effects]: Parameters<Tracer['decided']>): void {
    this.#recorder.decided(record, event, decision, from, effects);
    if (this.#isFull || record.pending.size > pendingMax) return;
    const at = 'at' in event ? event.at : record.enteredAt;
    this.#live.set(this.#recorder.lines, snapshotOf(record, at));
  }

  ended(record: SessionRecord): void {
    this.#recorder.ended(record);
  }

  get #isFull(): boolean {
    return this.#kept.texts.length === linesMax || this.#characters > charactersMax;
  }

  /** What each line tells of, with the session as it was then where that was kept. */
  *told(): Generator<{ readonly text: string; readonly read: ReadLine; readonly live: SessionSnapshot | undefined }> {
    for (const [index, text] of this.#kept.texts.entries()) {
      const read = readLine(encodeText(text), index + 2, index);
      if ('problem' in read) throw new Error(`${read.problem}: ${text}`);
      yield { text, read, live: this.#live.get(read.line.seq) };
    }
  }
}

/** U4: made again from the tape alone, every session is after every event what it was. */
export function expectRebuilt(taping: Taping, tagRules: readonly TagRule[] = []): void {
  const rebuild = new Rebuild({ tagRules });
  for (const { text, read, live } of taping.told()) {
    rebuild.apply(read);
    if (live === undefined || !('session' in read.line)) continue;
    const was = { text, ...comparable(live) };
    const snapshot = rebuild.snapshot(read.line.session);
    expect({ text, ...(snapshot && comparable(snapshot)) }).toEqual(was);
  }
  expect(rebuild.divergences).toEqual([]);
}

/** A tape does not hold the whole of a session's id. */
function comparable({ id: _, ...snapshot }: SessionSnapshot): Omit<SessionSnapshot, 'id'> {
  return snapshot;
}
