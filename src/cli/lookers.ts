/**
 * What sees the events of a process: the ring of its inspector, and its tape. What that takes is loaded only where it is asked for; a
 * process that nobody looks at and that is not recorded has none.
 */

import type { TraceRing } from '../observe/trace-ring.ts';
import type { Clock, Log } from '../ports.ts';
import type { Tracer } from '../runtime/tracer.ts';
import type { InspectRequest } from './inspect-flag.ts';
import type { RecordRequest } from './record-flag.ts';
import { packageVersion } from './version.ts';

export interface LookersAsked {
  readonly inspect?: InspectRequest | undefined;
  readonly record?: RecordRequest | undefined;
}

export interface LookerSurroundings {
  /** What is recorded: `forward stdio`, and the server behind it. */
  readonly command: string;
  readonly server: string;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Lookers {
  readonly ring: TraceRing | undefined;
  readonly tracer: Tracer | undefined;
}

export async function lookersFor({ inspect, record }: LookersAsked, around: LookerSurroundings): Promise<Lookers> {
  const ring = inspect === undefined ? undefined : await newRing();
  const tape = record === undefined ? undefined : await openTape(record, around);
  if (ring === undefined || tape === undefined) return { ring, tracer: ring ?? tape };
  const { allTracers } = await import('../observe/tracers.ts');
  return { ring, tracer: allTracers(ring, tape) };
}

async function newRing(): Promise<TraceRing> {
  const { TraceRing: Ring, defaultEventsUnseenMax } = await import('../observe/trace-ring.ts');
  return new Ring({ eventsUnseenMax: defaultEventsUnseenMax });
}

/**
 * A process that cannot record says so and goes on: whoever stands in a client's configuration is not stopped by a full disk. The tape
 * is closed when the process ends, however it does.
 */
async function openTape(
  { place, isRedacted, hidden, bodyBytesMax, tapeBytesMax, tapeMs, whenFull }: RecordRequest,
  { command, server, clock, log }: LookerSurroundings,
): Promise<Tracer | undefined> {
  const [{ openRecording }, { TapeError }, { chartDigest }, { Redaction }] = await Promise.all([
    import('../record/recording.ts'),
    import('../record/tape-file.ts'),
    import('../record/chart-digest.ts'),
    import('../redaction.ts'),
  ]);
  const redaction = new Redaction(hidden);
  try {
    const recording = openRecording({
      place,
      version: packageVersion(),
      chart: chartDigest(),
      process: { command, server },
      clock,
      log,
      hide: (message) => (isRedacted ? redaction.bytes(message) : undefined),
      hideHeaders: (headers) => (isRedacted ? redaction.headers(headers) : headers),
      isRedacted,
      bodyBytesMax,
      whenFull,
      limits: {
        ...(tapeBytesMax === undefined ? {} : { tapeBytesMax }),
        ...(tapeMs === undefined ? {} : { tapeMs }),
      },
    });
    log.info({ tape: recording.path }, 'recording');
    process.on('exit', () => recording.close());
    return recording.tracer;
  } catch (error) {
    if (!(error instanceof TapeError)) throw error;
    log.error({ reason: error.message }, 'nothing is recorded');
    return undefined;
  }
}
