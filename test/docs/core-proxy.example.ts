/**
 * A proxy for a client and a server that write lines, made of `ninelives/core` alone. It imports nothing of a platform: bytes come
 * in by `PipeEvents` and go out by `Pipe`, which the program around makes of whatever it has: pipes of processes, sockets, the
 * streams of a worker. A server that goes away is started again, as often as the restart policy allows.
 */

import {
  type Departure,
  LineFramer,
  LocalError,
  type OpenOptions,
  type PeerLink,
  type ReadFault,
  type Runtime,
  type RuntimeSession,
  defaultLimits,
  probeOversize,
} from '../../src/core.ts';

/** The way to one peer, and the brake on the way from it. */
export interface Pipe {
  /** Takes the bytes. False: it is full until `drained`. */
  write(bytes: Uint8Array): boolean;
  /** Stop (true) or go on (false) reading from this peer. */
  pause(isPaused: boolean): void;
  /** Nothing more will be written. */
  end(): void;
}

export interface ServerPipe extends Pipe {
  /** Make it go away; `gone` follows. */
  stop(): void;
}

/** What the program around says of a peer. */
export interface PipeEvents {
  chunk(bytes: Uint8Array): void;
  drained(): void;
  /** It sends nothing more. */
  ended(): void;
}

export interface ClientEvents extends PipeEvents {
  /** It does not read any more either. */
  gone(): void;
}

export interface ServerEvents extends PipeEvents {
  started(): void;
  /** Exactly once for each start; nothing comes after it. */
  gone(exitCode: number | null): void;
}

export interface LineProxy {
  readonly session: RuntimeSession;
  readonly client: ClientEvents;
}

/** @throws LocalError SESSION_REFUSED: the limits of the runtime are reached, or it drains. */
export function proxyLines(
  runtime: Runtime,
  client: Pipe,
  startServer: (events: ServerEvents) => ServerPipe,
  options: Partial<OpenOptions> = {},
): LineProxy {
  const opened = runtime.open({
    transportType: 'stdio',
    ...options,
    client: { ...linesTo(client), close: () => client.end() },
    server: {
      connect(events) {
        const lines = linesFrom(
          (line) => events.message(line),
          (fault, bytes) => events.unreadable(fault, bytes),
        );
        const server = startServer({
          started: () => events.ready(),
          chunk: (bytes) => lines.chunk(bytes),
          drained: () => events.drained(),
          ended: () => lines.end(),
          gone(exitCode) {
            lines.end();
            events.lost(departed(exitCode));
          },
        });
        return { ...linesTo(server), close: () => server.stop(), closeInput: () => server.end() };
      },
    },
  });
  if ('refusal' in opened) {
    const { refusal } = opened;
    throw new LocalError('SESSION_REFUSED', `No session was opened: ${refusal.code}.`, { cause: refusal });
  }
  const { session } = opened;
  const peer = session.client;
  const lines = linesFrom(
    (line) => void peer.receive(line),
    (fault, bytes) => peer.unreadable(fault, bytes),
  );
  const leave = (isGone: boolean): void => {
    lines.end();
    peer.closed(isGone);
  };
  const events: ClientEvents = {
    chunk: (bytes) => lines.chunk(bytes),
    drained: () => peer.drained(),
    ended: () => leave(false),
    gone: () => leave(true),
  };
  return { session, client: events };
}

const lineFeed = Uint8Array.of(0x0a);

/** A message is written as one line. The session's messages came as lines or were made by it, so none has a line feed inside. */
function linesTo(pipe: Pipe): Pick<PeerLink, 'write' | 'pause'> {
  return {
    write(message) {
      const parts = [...message, lineFeed];
      const line = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
      let at = 0;
      for (const part of parts) {
        line.set(part, at);
        at += part.length;
      }
      return pipe.write(line);
    },
    pause: (isPaused) => pipe.pause(isPaused),
  };
}

/** Each line is a message, and so is what stands behind the last one. */
function linesFrom(
  onMessage: (line: Uint8Array) => void,
  onUnreadable: (fault: ReadFault, bytes: number) => void,
): { chunk(bytes: Uint8Array): void; end(): void } {
  const framer = new LineFramer({ lineBytesMax: defaultLimits.frameBytesMax });
  const onOversize: Parameters<LineFramer['push']>[2] = (line) => onUnreadable(probeOversize(line), line.totalBytes);
  return {
    chunk: (bytes) => framer.push(bytes, onMessage, onOversize),
    end: () => framer.end(onMessage, onOversize),
  };
}

function departed(exitCode: number | null): Departure {
  return { reason: 'exited', exitCode, signal: null, lastStderr: [] };
}
