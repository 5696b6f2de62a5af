/**
 * A request and its response as the front sees them, whoever carries them: a server of Node, or the `Request` and `Response` of
 * the Fetch standard. Types only; what each carrier makes of them is its own.
 */

import type { HeaderFields } from './http-header-fields.ts';

/** Names and values in turn, as they are written. */
export type HeaderList = string[];

/** What becomes of the body of a request: exactly one of these is called, unless the client goes away before. */
export interface BodyTaker {
  bodyRead(body: Uint8Array): void;
  /** It is longer than the limit. What still comes of it is thrown away. */
  bodyTooLarge(): void;
  /** It broke off (400), or took too long (408), while its client is still there to be told so. */
  bodyFailed(status: 400 | 408): void;
}

export interface FrontRequest extends Readonly<HeaderFields> {
  readonly method?: string | undefined;
  /** Path and query. */
  readonly url?: string | undefined;
  /** Names and values in turn. */
  readonly rawHeaders: readonly string[];
  /** The client waits for leave to send its body. */
  readonly expectsContinue: boolean;
  /** Any header, by its name in lower case. */
  header(name: string): string | undefined;
  /** Begins to read the body. */
  readBody(taker: BodyTaker, bytesMax: number): void;
}

export interface ResponseOwner {
  /** The client is gone, or the response was cut off. */
  responseClosed(): void;
}

export interface FrontResponse {
  /** The page that may read this answer, where pages of others may. */
  pageOrigin: string | undefined;
  /** Who is told when its client is gone; nobody once everything was said. */
  owner: ResponseOwner | undefined;
  readonly destroyed: boolean;
  readonly headersSent: boolean;
  /** Bytes that the client has not taken yet; 0 while they are few. */
  readonly untakenBytes: number;
  /** Leave to send the body, for a client that waits for it. */
  writeContinue(): void;
  /** `headers` is taken over. Nothing is sent before something is written, the response ends, or `flushHeaders`. */
  begin(status: number, headers: HeaderList): void;
  flushHeaders(): void;
  write(bytes: Uint8Array): unknown;
  end(body?: Uint8Array): unknown;
  /** Ends the response with a body that is short. */
  endShort(parts: readonly Uint8Array[]): void;
  /** Calls `taken` whenever the client has taken what was waiting for it. To be called once. */
  onTaken(taken: () => void): void;
  /** Cuts the response off when nothing is taken for so long, until what waits was taken. */
  cutOffAfter(patienceMs: number): void;
  destroy(): unknown;
  /** Whoever was to answer learns that nobody listens any more. */
  tellOwner(): void;
}
