/**
 * What nodes ask of the service that they share: values under keys that change by comparison only, and mail. Eight methods, so
 * that a second service is a small adapter. Knows nothing of sessions.
 */

/** One of the tables of the cluster; each counts its revisions by itself. */
export type Bucket = 'lease' | 'session' | 'snapshot' | 'budget';

export interface Entry {
  readonly value: string;
  /** Grows with every write to the bucket, over all keys, and never comes again: a claim's revision is its fencing token. */
  readonly revision: number;
}

export interface WatchedEntry extends Entry {
  readonly key: string;
}

/** What arrived at a mailbox. */
export interface Mail {
  /** The address that it came to: one below the mailbox. */
  readonly address: string;
  /** Undefined: what was sent with this address as `replyTo` found no mailbox. */
  readonly bytes: Uint8Array | undefined;
  readonly replyTo: string | undefined;
}

export type EngineState = 'up' | 'down';

export interface Engine {
  /** What one `publish` may carry. */
  readonly payloadBytesMax: number;
  /** A hint: it may be older than the latest write. Whatever is decided is decided by `cas`. */
  get(bucket: Bucket, key: string): Promise<Entry | undefined>;
  /**
   * Writes when the key still has this revision; 0 where there is to be none. A value of undefined removes the key.
   * @returns the new revision; 0 for a key that is gone.
   * @throws Conflict somebody else wrote. Unavailable no answer came: it may have been written.
   */
  cas(bucket: Bucket, key: string, value: string | undefined, revision: number): Promise<number>;
  /** All keys of the bucket; what changes meanwhile may be among them or not. */
  keys(bucket: Bucket): Promise<readonly string[]>;
  /** Tells what is there, and then each write in the order of the bucket; some may be left out where later ones follow. */
  watch(bucket: Bucket, heard: (entry: WatchedEntry) => void): Promise<void>;
  /**
   * At most once, to whoever has the mailbox that the address is in. Nothing is kept for later.
   * @returns false when the engine cannot be reached now, and nothing was sent.
   */
  publish(address: string, bytes: Uint8Array, replyTo?: string): boolean;
  /** Everything below `mailbox` comes here: `mailbox.anything`. Resolves when it does. */
  subscribe(mailbox: string, received: (mail: Mail) => void): Promise<void>;
  /** Tells when the connection is lost and when it is there again. An engine begins `up`. */
  onState(heard: (state: EngineState) => void): void;
  close(): Promise<void>;
}

/** The key does not have the revision that was said. */
export class Conflict extends Error {
  override readonly name = 'Conflict';
}

/** The engine gave no answer, or could not be asked. What was asked may have happened all the same. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
}
