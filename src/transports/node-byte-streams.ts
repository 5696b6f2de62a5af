/**
 * As much of `node:stream`'s Readable and Writable as lines are read from and written to. Types only, in words of our own: a
 * declaration that names these wants no types of Node.
 */

/** As much of a `Readable` as is needed. */
export interface NodeReadable {
  readonly readable: boolean;
  readonly readableEnded: boolean;
  readonly readableEncoding: string | null;
  readonly readableObjectMode: boolean;
  readonly destroyed: boolean;
  on(event: 'data', listener: (chunk: Uint8Array) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'end' | 'close', listener: () => void): unknown;
  listenerCount(event: string): number;
  pause(): unknown;
  resume(): unknown;
  destroy(): unknown;
}

/** As much of a `Writable` as is needed. */
export interface NodeWritable {
  readonly writable: boolean;
  readonly writableFinished: boolean;
  readonly writableHighWaterMark: number;
  readonly writableLength: number;
  readonly writableObjectMode: boolean;
  readonly destroyed: boolean;
  /** Of a duplex stream: false when Node ends what is written at the end of what is read. */
  readonly allowHalfOpen?: boolean;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'drain' | 'finish' | 'close', listener: () => void): unknown;
  write(chunk: Uint8Array, written?: (error?: Error | null) => void): boolean;
  end(): unknown;
  destroy(): unknown;
  cork(): void;
  uncork(): void;
}
