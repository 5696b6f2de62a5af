/**
 * Our own side towards a client that started us: messages on standard input and output, nothing else there. Does not
 * know what the messages are, nor what is to happen when the client is gone.
 */
import { fstatSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';

import type { PeerLink } from '../ports.ts';
import type { OversizeLine } from '../protocol/lines.ts';
import { StdioLines } from './stdio-lines.ts';

/** The client closed its end of our input; it closed its end of our output; or one of them failed in another way. */
export type FrontClosed = 'eof' | 'broken-pipe' | 'error';

export interface StdioFrontOptions {
  readonly input: Readable;
  readonly output: Writable;
  readonly lineBytesMax: number;
  readonly onMessage: (line: Uint8Array) => void;
  readonly onOversize: (line: OversizeLine) => void;
  /** The input ended in the middle of a line; comes before `onClosed`. */
  readonly onPartial: (rest: Uint8Array) => void;
  readonly onDrained: () => void;
  /** So many messages never wholly reached the client, and never will. */
  readonly onWriteFailed?: (messages: number) => void;
  /** Called at most once, with what was noticed first, and not after `close`. After 'eof' the client may still read. */
  readonly onClosed: (why: FrontClosed, error?: Error) => void;
}

export interface StdioFront extends PeerLink {
  /** Resolves when everything written before has reached the kernel, or never will. Call it before the process exits. */
  flush(): Promise<void>;
}

export function openStdioFront(options: StdioFrontOptions): StdioFront {
  const { onMessage, onOversize, onPartial, onDrained } = options;
  let isClosed = false;
  const closed = (why: FrontClosed, error: Error | undefined): void => {
    if (isClosed) return;
    isClosed = true;
    if (error === undefined) options.onClosed(why);
    else options.onClosed(why, error);
  };
  const lines = new StdioLines({
    input: options.input,
    output: options.output,
    lineBytesMax: options.lineBytesMax,
    onMessage,
    onOversize,
    onPartial,
    onDrained,
    onWriteFailed: (messages) => options.onWriteFailed?.(messages),
    onInputEnded: (error) => closed(error === undefined ? 'eof' : reasonOf(error), error),
    onOutputBroken: (error) => {
      // Who cannot be answered is not listened to any longer.
      lines.closeInput();
      closed(error === undefined ? 'broken-pipe' : reasonOf(error), error);
    },
  });
  return {
    write: (message) => lines.write(message),
    pause: (paused) => lines.pause(paused),
    flush: () => lines.flush(),
    close: () => {
      isClosed = true;
      lines.closeInput();
      lines.endOutput();
    },
  };
}

function reasonOf(error: Error): FrontClosed {
  const isPeerGone = 'code' in error && (error.code === 'EPIPE' || error.code === 'ECONNRESET');
  return isPeerGone ? 'broken-pipe' : 'error';
}

/**
 * File descriptors 0 and 1 as streams that never block this process: Node documents `process.stdout` on a pipe as
 * synchronous, so one client that does not read could stop all timers and all other sessions. What is no pipe or socket
 * (a terminal, a file) stays with Node. Call it once; nobody may touch `process.stdin` or `process.stdout` beside it.
 */
export function openStandardStreams(): { readonly input: Readable; readonly output: Writable } {
  return {
    input: isPipe(0) ? new Socket({ fd: 0, readable: true, writable: false }) : process.stdin,
    output: isPipe(1) ? new Socket({ fd: 1, readable: false, writable: true }) : process.stdout,
  };
}

/** File descriptor 2 in the same way: whoever does not read what we say to people must not hold up their sessions either. */
export function openStandardError(): Writable & { readonly isTTY?: boolean } {
  return isPipe(2) ? new Socket({ fd: 2, readable: false, writable: true }) : process.stderr;
}

function isPipe(fd: number): boolean {
  const stat = fstatSync(fd);
  return stat.isFIFO() || stat.isSocket();
}
