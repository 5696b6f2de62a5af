/**
 * One request of the Fetch standard, as the front sees it. Reads its body up to a limit and for so long, and nothing of what the
 * body says. Knows no platform beside the standard.
 */

import type { Due, FixedDelay } from './fixed-delay.ts';
import { ReadHeaderFields } from './http-header-fields.ts';
import type { BodyTaker, FrontRequest } from './http-messages.ts';
import { joinBytes } from './join-bytes.ts';

const noBytes = new Uint8Array(0);

export class FetchRequest extends ReadHeaderFields implements FrontRequest, Due {
  dueAt = Infinity;
  duePrevious: Due | undefined = undefined;
  dueNext: Due | undefined = undefined;
  readonly method: string;
  readonly url: string;
  /** Whoever carries the request has given leave already. */
  readonly expectsContinue = false;
  readonly #body: Request['body'];
  /** Of how long a body may take. */
  readonly #slow: FixedDelay;
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined = undefined;
  #taker: BodyTaker | undefined = undefined;

  constructor(request: Request, slow: FixedDelay) {
    super([...request.headers].flat());
    const { host, pathname, search } = new URL(request.url);
    this.method = request.method;
    this.url = pathname + search;
    this.#body = request.body;
    this.#slow = slow;
    // A request that was made by hand names its host in the URL alone, and so does one on HTTP/2.
    this.hosts ??= host;
  }

  readBody(taker: BodyTaker, bytesMax: number): void {
    const body = this.#body;
    if (body === null) {
      taker.bodyRead(noBytes);
      return;
    }
    this.#taker = taker;
    this.#reader = body.getReader() as ReadableStreamDefaultReader<Uint8Array>;
    if (Number(this.contentLength ?? 0) > bytesMax) {
      this.#parted()?.bodyTooLarge();
      return;
    }
    this.#slow.add(this);
    void this.#read(this.#reader, bytesMax);
  }

  /** Nobody wants what is still to come. */
  giveUp(): void {
    this.#parted();
  }

  /** It has taken too long. */
  fallsDue(): void {
    this.#parted()?.bodyFailed(408);
  }

  async #read(reader: ReadableStreamDefaultReader<Uint8Array>, bytesMax: number): Promise<void> {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for (;;) {
      const chunk = await nextOf(reader);
      if (this.#taker === undefined) return;
      if (chunk === 'failed') {
        this.#parted()?.bodyFailed(400);
        return;
      }
      if (chunk === 'over') break;
      bytes += chunk.length;
      if (bytes > bytesMax) {
        this.#parted()?.bodyTooLarge();
        return;
      }
      chunks.push(chunk);
    }
    const taker = this.#taker;
    this.#taker = undefined;
    this.#slow.remove(this);
    taker.bodyRead(chunks.length === 1 ? chunks[0]! : joinBytes(chunks));
  }

  /** Reads no more of it. Returns who is to be told why, unless it was read or given up before. */
  #parted(): BodyTaker | undefined {
    const taker = this.#taker;
    if (taker === undefined) return undefined;
    this.#taker = undefined;
    this.#slow.remove(this);
    // A body that cannot be cancelled has failed in its own way already.
    this.#reader?.cancel().catch(() => {});
    return taker;
  }
}

/** `failed`: it broke off, or holds something that is no bytes. */
async function nextOf(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Uint8Array | 'over' | 'failed'> {
  try {
    const { done, value } = await reader.read();
    if (done) return 'over';
    return ArrayBuffer.isView(value) ? value : 'failed';
  } catch {
    return 'failed';
  }
}
