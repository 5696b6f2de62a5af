/** A request that came to another node, which has read it, seen to who sends it, and handed it over whole. */

import { ReadHeaderFields } from './http-header-fields.ts';
import type { BodyTaker, FrontRequest } from './http-messages.ts';
import type { RoutedFrame } from './http-routed-frame.ts';

export class RoutedRequest extends ReadHeaderFields implements FrontRequest {
  readonly method: string;
  readonly url: string;
  readonly expectsContinue = false;
  readonly #body: Uint8Array;
  readonly #onRead: () => void;

  /** @param onRead its body was handed on. */
  constructor({ head, body }: RoutedFrame, onRead: () => void) {
    super(head.headers);
    this.method = head.method;
    this.url = head.url;
    this.#body = body;
    this.#onRead = onRead;
    this.contentLength = String(body.length);
  }

  readBody(taker: BodyTaker, bytesMax: number): void {
    this.#onRead();
    if (this.#body.length > bytesMax) taker.bodyTooLarge();
    else taker.bodyRead(this.#body);
  }
}
