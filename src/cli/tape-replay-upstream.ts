/**
 * The server that a tape is played to: behind a session of its own, as that of any client is, so that every transport, deadline and
 * end of a server is what it is for clients, and the session can be recorded. Wiring only.
 */

import { PassThrough } from 'node:stream';

import { type ForwardEnd, forwardStdio } from '../proxy/stdio.ts';
import type { Clock, Log } from '../ports.ts';
import { isJsonObject } from '../protocol/derive.ts';
import { decodeText, encodeText } from '../protocol/text.ts';
import type { MessageValue } from '../record/replay-conversation.ts';
import { defaultLimits } from '../session/limits.ts';
import { neverRestart } from '../session/upstream.ts';
import { StdioLines } from '../transports/stdio-lines.ts';
import { lookersFor } from './lookers.ts';
import type { RecordRequest } from './record-flag.ts';
import { serverOf } from './run-forward.ts';
import type { ServerRequest } from './server-flags.ts';

export interface ReplayUpstreamOptions {
  readonly server: ServerRequest;
  readonly record?: RecordRequest;
  readonly clock: Clock;
  readonly log: Log;
  /** One line of the server's stderr. */
  readonly onStderr: (line: string) => void;
  /** `message` is undefined where the bytes are none. */
  readonly onMessage: (bytes: Uint8Array, message: MessageValue | undefined) => void;
}

export interface ReplayUpstream {
  send(bytes: Uint8Array): void;
  /** Holds back what the server says (true), or goes on (false). */
  pause(paused: boolean): void;
  /** Nothing more is said; what is under way may be answered. */
  end(): void;
  /** Ends as soon as what is under way is done. */
  drain(): void;
  kill(): void;
  /** Resolves when the session is over and the server, where it was started, is gone. */
  readonly ended: Promise<ForwardEnd>;
}

/** That a server cannot be reached is found out when it is spoken to: its requests are answered with errors. */
export async function openReplayUpstream(options: ReplayUpstreamOptions): Promise<ReplayUpstream> {
  const { server, clock, log, onMessage } = options;
  const reached = await serverOf({ server }, clock, log, options.onStderr);
  const about = { command: 'tape replay', server: reached.command, clock, log };
  const { tracer } = await lookersFor({ record: options.record }, about);
  const toServer = new PassThrough();
  const fromServer = new PassThrough();
  const nothing = (): void => {};
  const lines = new StdioLines({
    input: fromServer,
    output: toServer,
    lineBytesMax: defaultLimits.frameBytesMax,
    onMessage: (bytes) => onMessage(bytes, messageIn(bytes)),
    onOversize: nothing,
    onPartial: nothing,
    onDrained: nothing,
    onInputEnded: nothing,
    onOutputBroken: nothing,
    onWriteFailed: nothing,
  });
  const forward = forwardStdio({
    server: reached,
    input: toServer,
    output: fromServer,
    clock,
    log,
    restart: neverRestart,
    ...(tracer === undefined ? {} : { tracer }),
  });
  return {
    send: (bytes) => lines.write([bytes]),
    pause: (paused) => lines.pause(paused),
    end: () => lines.endOutput(),
    drain: () => forward.drain(),
    kill: () => forward.kill(),
    ended: forward.ended,
  };
}

export function bytesOf(message: MessageValue): Uint8Array {
  return encodeText(JSON.stringify(message));
}

export function messageIn(bytes: Uint8Array): MessageValue | undefined {
  try {
    const message: unknown = JSON.parse(decodeText(bytes));
    return isJsonObject(message) ? message : undefined;
  } catch {
    return undefined;
  }
}
