/** A request that came to another node, which has read it, seen to who sends it, and handed it over whole. */

import { type HeaderFields, headerIn, readHeaderFields } from './http-header-fields.ts';
import type { BodyTaker, FrontRequest } from './http-messages.ts';
import type { RoutedFrame } from './http-routed-frame.ts';

export class RoutedRequest implements FrontRequest, HeaderFields {
  hosts: string | string[] | undefined = undefined;
  origins: string | string[] | undefined = undefined;
  accept: string | undefined = undefined;
  contentType: string | undefined = undefined;
  contentEncoding: string | undefined = undefined;
  contentLength: string | undefined = undefined;
  sessionId: string | undefined = undefined;
  protocolVersion: string | undefined = undefined;
  lastEventId: string | undefined = undefined;
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: readonly string[];
  readonly expectsContinue = false;
  readonly #body: Uint8Array;
  readonly #onRead: () => void;

  /** @param onRead its body was handed on. */
  constructor({ head, body }: RoutedFrame, onRead: () => void) {
    this.method = head.method;
    this.url = head.url;
    this.rawHeaders = head.headers;
    this.#body = body;
    this.#onRead = onRead;
    readHeaderFields(this, head.headers);
    this.contentLength = String(body.length);
  }

  header(name: string): string | undefined {
    return headerIn(this.rawHeaders, name);
  }

  readBody(taker: BodyTaker, bytesMax: number): void {
    this.#onRead();
    if (this.#body.length > bytesMax) taker.bodyTooLarge();
    else taker.bodyRead(this.#body);
  }
}
