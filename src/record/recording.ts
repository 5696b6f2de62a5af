/**
 * What is recorded of a process, and where: one tape for all of its sessions, or a folder with one for each. Puts recorder and files
 * together; decides nothing about lines.
 */

import { createHash } from 'node:crypto';
import { join } from 'node:path';

import type { Clock, Log } from '../ports.ts';
import type { Tracer } from '../runtime/tracer.ts';
import type { SessionRecord } from '../session/record.ts';
import { Recorder, type RecorderOptions } from './recorder.ts';
import { SpareLines } from './spare-lines.ts';
import { TapeError, TapeFile, type TapeLimits } from './tape-file.ts';
import type { TapeHeader } from './tape-format.ts';

export interface RecordingOptions {
  /** A file for all sessions, or a folder in which each has its own. */
  readonly place: { readonly file: string } | { readonly folder: string };
  readonly version: string;
  readonly chart: string;
  readonly process?: TapeHeader['process'];
  readonly clock: Clock;
  readonly log: Log;
  /** A message as the tape may show it, which is JSON; undefined where that is the message itself. */
  readonly hide: (message: Uint8Array) => string | undefined;
  readonly hideHeaders?: RecorderOptions['hideHeaders'];
  readonly isRedacted: boolean;
  readonly bodyBytesMax: number;
  readonly whenFull: 'drop' | 'wait';
  readonly limits?: Partial<TapeLimits>;
}

export interface Recording {
  readonly tracer: Tracer;
  /** Where the first tape is, or the folder of all. */
  readonly path: string;
  /** Lines that did not reach a tape. */
  readonly dropped: number;
  /** Writes what waits. Everything is done when it returns. */
  close(): void;
}

/** @throws TapeError where nothing can be written. */
export function openRecording(options: RecordingOptions): Recording {
  const { place } = options;
  return 'file' in place
    ? new OneTape(options, place.file, new SpareLines())
    : new FolderOfTapes(options, place.folder);
}

class OneTape implements Recording {
  readonly tracer: Recorder;
  readonly #file: TapeFile;

  constructor(options: RecordingOptions, path: string, spare: SpareLines) {
    const { version, chart, process, clock, log, hide, hideHeaders, isRedacted, bodyBytesMax, whenFull, limits } =
      options;
    const recorder = new Recorder({
      sink: { begin: (at) => this.#file.begin(at), end: (seq) => this.#file.end(seq) },
      hide,
      ...(hideHeaders === undefined ? {} : { hideHeaders }),
      digest: (body) => createHash('sha256').update(body).digest('hex'),
      bodyBytesMax,
    });
    this.tracer = recorder;
    this.#file = new TapeFile({
      path,
      header: () => ({
        tape: 2,
        ninelives: version,
        chart,
        ...(process === undefined ? {} : { process }),
        now: clock.now(),
        wallTime: clock.wallTime(),
        bodies: { redacted: isRedacted, bytesMax: bodyBytesMax },
      }),
      sessions: () => recorder.sessions,
      clock,
      log,
      ...(limits === undefined ? {} : { limits }),
      whenFull,
      onNewTape: () => recorder.forgetSettings(),
      spare,
    });
  }

  get path(): string {
    return this.#file.path;
  }

  get dropped(): number {
    return this.#file.dropped;
  }

  close(): void {
    this.#file.close();
  }
}

class FolderOfTapes implements Recording, Tracer {
  readonly path: string;
  readonly #options: RecordingOptions;
  readonly #tapes = new Map<SessionRecord, OneTape>();
  readonly #spare = new SpareLines();
  #droppedBefore = 0;

  constructor(options: RecordingOptions, folder: string) {
    this.#options = options;
    this.path = folder;
  }

  get tracer(): Tracer {
    return this;
  }

  get dropped(): number {
    return [...this.#tapes.values()].reduce((sum, tape) => sum + tape.dropped, this.#droppedBefore);
  }

  opened(record: SessionRecord): void {
    const { clock, log } = this.#options;
    try {
      const path = join(this.path, nameOf(clock.wallTime(), record.id));
      const tape = new OneTape(this.#options, path, this.#spare);
      this.#tapes.set(record, tape);
      tape.tracer.opened(record);
    } catch (error) {
      if (!(error instanceof TapeError)) throw error;
      log.error({ session: record.id, reason: error.message }, 'this session is not recorded');
    }
  }

  decided(...[record, event, decision, from, effects]: Parameters<Tracer['decided']>): void {
    this.#tapes.get(record)?.tracer.decided(record, event, decision, from, effects);
  }

  resettled(at: number): void {
    for (const tape of this.#tapes.values()) tape.tracer.resettled(at);
  }

  ended(record: SessionRecord): void {
    const tape = this.#tapes.get(record);
    if (tape === undefined) return;
    tape.tracer.ended(record);
    tape.close();
    this.#droppedBefore += tape.dropped;
    this.#tapes.delete(record);
  }

  close(): void {
    for (const tape of this.#tapes.values()) tape.close();
  }
}

/** `20261123T154500-1f0c9a2b.tape.jsonl`: sorted by when it began. */
function nameOf(wallTime: number, sessionId: string): string {
  const time = new Date(wallTime).toISOString().replaceAll(/[-:]|\.\d+Z$/g, '');
  return `${time}-${sessionId.slice(0, 8)}.tape.jsonl`;
}
