/**
 * A history as a tape that `tape step`, `tape show` and the inspector open: every connection of it becomes a session, with us on one
 * side and the thing under test on the other, and what passed on it passes through a runtime that is recorded. Its clock goes as the
 * history says.
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ExchangeLink, PeerLink } from '../../ports.ts';
import { encodeText } from '../../protocol/text.ts';
import { chartDigest } from '../../record/chart-digest.ts';
import { openRecording } from '../../record/recording.ts';
import type { RuntimeSession } from '../../runtime/api.ts';
import { createTracedRuntime } from '../../runtime/runtime.ts';
import { silentLog } from '../../runtime/silent-log.ts';
import type { Connected, History, HistoryEvent } from '../play/history.ts';
import { VirtualClock } from '../virtual-clock.ts';

export interface TapeOptions {
  /** Where it is to be; where a file is already, it gets a number. */
  readonly file: string;
  readonly version: string;
  /** What was tested. */
  readonly target: string;
  /** When the play began, in milliseconds since 1970. */
  readonly wallTime: number;
}

/** Long enough for whatever a session does at its end. */
const lingerMs = 60_000;
const bodyBytesMax = 1024 * 1024;

/**
 * @returns where the tape is.
 * @throws TapeError where nothing can be written.
 */
export async function writeTape(history: History, { file, version, target, wallTime }: TapeOptions): Promise<string> {
  const clock = new VirtualClock({ epochMs: wallTime });
  const recording = openRecording({
    place: { file },
    version,
    chart: chartDigest(),
    process: { command: 'verify', server: target },
    clock,
    log: silentLog,
    hide: () => undefined,
    isRedacted: false,
    bodyBytesMax,
    whenFull: 'wait',
  });
  let opened = 0;
  const ids = { sessionId: (): string => `connection-${++opened}` };
  const runtime = createTracedRuntime({ clock, log: silentLog, ids }, recording.tracer);
  const sides = new Map<number, Sides>();
  for (const event of history) {
    clock.advance(Math.max(0, event.at - clock.now()));
    if (event.type === 'connected') {
      const result = runtime.open({ transportType: 'in-memory', client: deaf, server: deaf, ...principalOf(event) });
      if ('session' in result) sides.set(event.connection, sidesOf(event, result.session));
    } else if ('connection' in event) happen(event, sides.get(event.connection));
  }
  const stopped = runtime.stop();
  await nextTurn();
  clock.advance(lingerMs);
  await stopped;
  recording.close();
  return recording.path;
}

/** What passes has passed already: nobody is there to hear it. */
const deaf: PeerLink & Partial<ExchangeLink> = { write: () => true, pause: () => {}, close: () => {} };

/** A connection as its session has it: what is ours, and what is the other's. */
interface Sides {
  readonly weSay: (bytes: Uint8Array) => void;
  readonly theySay: (bytes: Uint8Array) => void;
  readonly weLeave: () => void;
  readonly theyLeave: () => void;
}

function sidesOf({ role }: Connected, { client, server }: RuntimeSession): Sides {
  const asClient = {
    say: (bytes: Uint8Array): void => void client.receive(bytes),
    leave: (): void => client.closed(true),
  };
  const asServer = { say: (bytes: Uint8Array): void => void server.receive(bytes), leave: (): void => server.closed() };
  const [us, them] = role === 'client' ? [asClient, asServer] : [asServer, asClient];
  return { weSay: us.say, theySay: them.say, weLeave: us.leave, theyLeave: them.leave };
}

function principalOf({ principal }: Connected): { readonly principal?: string } {
  return principal === undefined ? {} : { principal };
}

function happen(
  event: Exclude<Extract<HistoryEvent, { connection: number }>, Connected>,
  sides: Sides | undefined,
): void {
  if (sides === undefined) return;
  switch (event.type) {
    case 'sent':
      sides.weSay(encodeText(JSON.stringify(event.message)));
      return;
    case 'received':
    case 'leftover':
      sides.theySay(encodeText(JSON.stringify(event.message)));
      return;
    case 'unreadable':
      sides.theySay(encodeText(event.text));
      return;
    case 'disconnected':
      if (event.by === 'us') sides.weLeave();
      else sides.theyLeave();
      return;
    case 'exchange-ended':
    case 'abandoned':
    case 'network':
  }
}
