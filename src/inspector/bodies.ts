/** Bodies of the events of a ring, a piece at a time, as far as they may be shown: with what making them ready may cost. */

import type { TracePlace, TraceRing } from '../observe/trace-ring.ts';
import { bringerOf } from '../observe/traced-event-view.ts';
import type { Frame } from '../protocol/envelope.ts';
import type { Redaction } from '../redaction.ts';
import { bodyText, headersOf } from './body-text.ts';
import type { FeedLimits } from './feed-limits.ts';
import type { Body, FeedProblem, Payloads } from './feed-messages.ts';

export interface BodiesOptions {
  readonly ring: TraceRing;
  readonly payloads: Payloads;
  readonly redaction: Redaction;
  readonly limits: Pick<FeedLimits, 'bodyBytesMax' | 'bodyPieceCharacters' | 'bodyBytesPerSecond'>;
  /** Milliseconds, of any clock. */
  readonly now: () => number;
}

export type BodyPiece = Pick<Body, 'text' | 'characters' | 'headers'>;
export type NoBody = Pick<FeedProblem, 'problem' | 'message'>;

export class Bodies {
  readonly #options: BodiesOptions;
  /** The last body that was read, which most often is read on: one, however many ask. */
  #last: { readonly seq: number; readonly text: string } | undefined = undefined;
  #secondBegan = -Infinity;
  #bytesThisSecond = 0;

  constructor(options: BodiesOptions) {
    this.#options = options;
  }

  /** The body of an event's frame, from this character on. */
  read(seq: number, from: number): BodyPiece | NoBody {
    const { ring, redaction, limits } = this.#options;
    const place = ring.event(seq);
    if (place === undefined) {
      const isForgotten = seq > 0 && seq <= ring.newestSeq;
      return isForgotten
        ? { problem: 'BODY_GONE', message: 'The event is not kept any more' }
        : { problem: 'NO_SUCH_EVENT', message: 'There is no event of this number' };
    }
    const brought = bringerOf(place, ring)?.event;
    if (brought === undefined || typeof brought === 'string' || !('frame' in brought)) {
      return { problem: 'NO_SUCH_EVENT', message: 'The event has no body, or it is not kept any more' };
    }
    const { frame, direction, via } = brought;
    if (this.#last?.seq !== seq && !this.#mayMakeReady(frame.bytes.length)) {
      return { problem: 'BODY_GONE', message: 'Too much is asked for at once: ask again in a second' };
    }
    const text = this.#textOf(place, frame);
    if (text === undefined) {
      const said = `The body has ${frame.bytes.length} bytes: so long a one is shown with --inspect-payloads whole alone`;
      return { problem: 'BODY_GONE', message: said };
    }
    const exchange = direction === 'client-to-server' ? via?.exchange : undefined;
    const headers = exchange === undefined ? [] : headersOf(exchange, redaction);
    return {
      text: text.slice(from, from + limits.bodyPieceCharacters),
      characters: text.length,
      ...(headers.length === 0 ? {} : { headers }),
    };
  }

  /** Nobody reads on. */
  forget(): void {
    this.#last = undefined;
  }

  /** Making a long body ready takes time in which no message passes. The first one of a second is made ready, however long. */
  #mayMakeReady(bytes: number): boolean {
    const { now, limits } = this.#options;
    const time = now();
    if (time - this.#secondBegan >= 1000) {
      this.#secondBegan = time;
      this.#bytesThisSecond = 0;
    }
    if (this.#bytesThisSecond > 0 && this.#bytesThisSecond + bytes > limits.bodyBytesPerSecond) return false;
    this.#bytesThisSecond += bytes;
    return true;
  }

  #textOf({ seq }: TracePlace, frame: Frame): string | undefined {
    if (this.#last?.seq === seq) return this.#last.text;
    const { payloads, redaction, limits } = this.#options;
    const text = bodyText(frame, payloads, redaction, limits.bodyBytesMax);
    if (text !== undefined) this.#last = { seq, text };
    return text;
  }
}
