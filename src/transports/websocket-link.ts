/**
 * One open WebSocket as a link: what the front and the connector have in common. One text frame is one message, the connection
 * is the session, and pings keep it from being taken for idle. Decides nothing about sessions; no callback runs inside `write`.
 */

import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';

import type { Clock, PeerEvents, PeerLink, TimerHandle } from '../ports.ts';
import { unreadable } from '../protocol/derive.ts';
import type { ReadFault } from '../protocol/faults.ts';
import type { OversizeLine } from '../protocol/lines.ts';
import { probeOversize } from '../protocol/oversize.ts';

/** The subprotocol that says: MCP, one message a frame. */
export const subprotocol = 'mcp';

export interface WebSocketTuning {
  readonly clock: Clock;
  /** Longest message that is handed on. One up to twice as long is still read, so that whoever waits for it can be told. */
  readonly frameBytesMax: number;
  /** Bytes waiting in this process towards the peer above which `write` returns false. Default 64 KiB. */
  readonly highWaterBytesMax?: number;
  /** Between pings: below what proxies on the way take for an idle connection. Default 25 s. */
  readonly heartbeatMs?: number;
  /** For the peer to take what was written last, and to agree to the end. Default 5 s. */
  readonly closeTimeoutMs?: number;
}

const defaultHighWaterBytesMax = 65_536;
const defaultHeartbeatMs = 25_000;
const defaultCloseTimeoutMs = 5_000;

/** How a connection ended. */
export interface WebSocketEnd {
  /** Of the peer, RFC 6455 section 7.4.1. 1005: it gave none. 1006: it broke without a word, or for an error. */
  readonly code: number;
  /** The peer's own text, for people. */
  readonly reason: string;
  /** What the peer did that WebSocket or MCP over it does not allow, or why the connection could not be opened. */
  readonly error: Error | undefined;
}

export interface WebSocketEvents extends PeerEvents {
  /** The peer may not go on like this: nothing more is heard of it, and `closed` follows. Comes at most once. */
  leaving(error: Error): void;
  /** Exactly once, and nothing after it. */
  closed(end: WebSocketEnd): void;
}

/** What both ends ask of every socket. Compressing what two processes on one machine say costs more than it saves. */
export function socketOptions({ frameBytesMax, closeTimeoutMs = defaultCloseTimeoutMs }: WebSocketTuning) {
  return {
    perMessageDeflate: false,
    maxPayload: readableBytesMax(frameBytesMax),
    // For an end that the peer began, or that its breach of the rules made necessary.
    closeTimeout: closeTimeoutMs,
  } as const;
}

/** The library counts in 32 bits, and takes what does not fit for no limit. */
function readableBytesMax(frameBytesMax: number): number {
  return Math.min(2 * frameBytesMax, 2 ** 31 - 1);
}

const textFrame = { binary: false } as const;

export class WebSocketLink implements PeerLink {
  readonly #socket: WebSocket;
  readonly #stream: Duplex;
  readonly #tuning: WebSocketTuning;
  readonly #highWaterBytesMax: number;
  #events: WebSocketEvents | undefined;
  #isPaused = false;
  /** We have said that it is over: the peer is not heard any more. */
  #isClosing = false;
  #error: Error | undefined;
  #end: WebSocketEnd | undefined;
  /** What is written in this turn waits for its end, to leave in one gathering write. */
  #isGathering = false;
  /** Messages that the kernel has not taken yet. */
  #unsent = 0;
  #isBlocked = false;
  #heartbeat: TimerHandle;
  #closeTimer: TimerHandle;

  /**
   * @param socket is open, and was made with `socketOptions`. It is not read before `start`.
   * @param stream what the socket writes its frames to.
   */
  constructor(socket: WebSocket, stream: Duplex, tuning: WebSocketTuning) {
    this.#socket = socket;
    this.#stream = stream;
    this.#tuning = tuning;
    this.#highWaterBytesMax = tuning.highWaterBytesMax ?? defaultHighWaterBytesMax;
    socket.pause();
    socket.on('message', (data, isBinary) => this.#hear(data, isBinary));
    socket.on('error', (error) => this.#refuse(error, this.#faultOf(error), 0));
    socket.on('close', (code, reason) => this.#closed(code, reason.toString()));
    this.#scheduleHeartbeat();
  }

  /** From now on the peer is heard. Call it once. */
  start(events: WebSocketEvents): void {
    this.#events = events;
    if (!this.#isPaused) this.#socket.resume();
    if (this.#end !== undefined) queueMicrotask(() => events.closed(this.#end!));
  }

  /** What comes too late for the peer is dropped: `closed` follows, if it has not come. */
  write(message: readonly Uint8Array[]): boolean {
    const socket = this.#socket;
    if (socket.readyState !== socket.OPEN) return true;
    const [only] = message;
    const bytes = message.length === 1 && only !== undefined ? only : Buffer.concat(message);
    this.#gather();
    this.#unsent += 1;
    socket.send(bytes, textFrame, this.#sent);
    const isFull = socket.bufferedAmount > this.#highWaterBytesMax;
    this.#isBlocked ||= isFull;
    return !isFull;
  }

  /** Stops (true) or resumes (false) reading. Messages of a chunk that was read already still come. */
  pause(paused: boolean): void {
    this.#isPaused = paused;
    if (this.#events === undefined || this.#isClosing) return;
    if (paused) this.#socket.pause();
    else this.#socket.resume();
  }

  /**
   * What was written still goes out, then the peer is told, and has `closeTimeoutMs` to agree. Only `closed` is reported from
   * here on.
   * @param reason of which the peer reads the first 123 bytes.
   * @param code RFC 6455 section 7.4: 1000 for an end in order.
   */
  close(reason: string, code = 1000): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    const { clock, closeTimeoutMs = defaultCloseTimeoutMs } = this.#tuning;
    const socket = this.#socket;
    socket.close(code, firstBytes(reason));
    // The peer's answer stands behind what it said before.
    socket.resume();
    clock.clearTimeout(this.#heartbeat);
    this.#closeTimer = clock.setTimeout(() => socket.terminate(), closeTimeoutMs);
  }

  /** Cuts the connection now. */
  terminate(): void {
    this.#socket.terminate();
  }

  #gather(): void {
    if (this.#isGathering) return;
    this.#isGathering = true;
    this.#stream.cork();
    process.nextTick(() => {
      this.#isGathering = false;
      this.#stream.uncork();
    });
  }

  /** The kernel has a message, or with an error never will: then the end of the connection follows. */
  readonly #sent = (error?: Error): void => {
    this.#unsent -= 1;
    if (!this.#isBlocked || this.#unsent > 0 || error != null) return;
    this.#isBlocked = false;
    if (!this.#isClosing) this.#events?.drained();
  };

  #hear(data: RawData, isBinary: boolean): void {
    if (this.#isClosing) return;
    if (isBinary || !(data instanceof Uint8Array)) {
      const reason = 'MCP is spoken in text frames, and this one was binary.';
      const bytes = data instanceof Uint8Array ? data.length : 0;
      this.#refuse(new TypeError(reason), unreadable('invalid-message', reason), bytes);
      return;
    }
    const bytes = data.length;
    if (bytes <= this.#tuning.frameBytesMax) this.#events?.message(data);
    else this.#events?.unreadable(probeOversize(endsOf(data)), bytes);
  }

  /** Whoever waits for the message is told of it while he can be; then the connection ends. */
  #refuse(error: Error, fault: ReadFault | undefined, bytes: number): void {
    if (this.#isClosing) return;
    this.#error = error;
    if (fault !== undefined) this.#events?.unreadable(fault, bytes);
    this.#events?.leaving(error);
    // After an error of its own the library has said why already.
    this.close(error.message, 1003);
  }

  /** Undefined: no message was at fault, but the frames themselves. */
  #faultOf(error: Error): ReadFault | undefined {
    switch ('code' in error ? error.code : undefined) {
      case 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH':
      case 'WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH': {
        const bytes = readableBytesMax(this.#tuning.frameBytesMax);
        return unreadable('frame-too-large', `The message is larger than ${bytes} bytes, and was not read.`);
      }
      case 'WS_ERR_INVALID_UTF8':
        return unreadable('invalid-utf8', 'The text frame is not UTF-8.');
      default:
        return undefined;
    }
  }

  #scheduleHeartbeat(): void {
    const { clock, heartbeatMs = defaultHeartbeatMs } = this.#tuning;
    this.#heartbeat = clock.setTimeout(() => this.#beat(), heartbeatMs);
  }

  /** Nobody waits for the pong. A peer whose machine is gone is noticed by the kernel, to which the ping is data like any other. */
  #beat(): void {
    const socket = this.#socket;
    if (socket.readyState === socket.OPEN && socket.bufferedAmount === 0) socket.ping();
    this.#scheduleHeartbeat();
  }

  #closed(code: number, reason: string): void {
    const { clock } = this.#tuning;
    clock.clearTimeout(this.#heartbeat);
    clock.clearTimeout(this.#closeTimer);
    this.#isClosing = true;
    this.#end = { code, reason, error: this.#error };
    this.#events?.closed(this.#end);
  }
}

const endBytes = 4096;

/** What is looked at of a message that is too long: its two ends. */
function endsOf(message: Uint8Array): OversizeLine {
  const head = message.subarray(0, endBytes);
  return { head, tail: message.subarray(-endBytes), totalBytes: message.length };
}

const reasonBytesMax = 123;

/** As much of a text as a close frame has room for, in whole characters. */
function firstBytes(text: string): Buffer {
  const bytes = Buffer.alloc(reasonBytesMax);
  return bytes.subarray(0, new TextEncoder().encodeInto(text, bytes).written);
}
