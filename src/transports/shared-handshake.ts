/**
 * A server on a pipe is initialized once, however many sessions share it. The first `initialize` goes through; the others wait
 * for its answer, or get the kept one, under ids of their own and whatever version they asked for: a server may offer another
 * one than it was asked for, too (2025-11-25, basic/lifecycle). What is asked and answered is decided here and done elsewhere.
 */

import { type Frame, type RequestId, keptFrame } from '../protocol/envelope.ts';
import { rewriteFrame } from '../protocol/rewrite.ts';
import type { Answer, Ask, Steps } from './shared-ask.ts';
import type { SharedMember } from './shared-member.ts';

/**
 * What outlives the connection: the request that the server had answered. Sessions that come back together repeat each what
 * its own client had said; the server is asked what it was asked before, so that it can say to all what it had said to all.
 */
export interface HandshakeMemory {
  request: Frame | undefined;
}

export class SharedHandshake {
  readonly #memory: HandshakeMemory;
  #asked: Ask | undefined;
  #waiting: Ask[] = [];
  #result: Frame | undefined;
  #isComplete = false;

  constructor(memory: HandshakeMemory) {
    this.#memory = memory;
  }

  ask(ask: Ask): Steps {
    if (this.#result !== undefined) return { answers: [answerTo(ask, this.#result)] };
    if (this.#asked === undefined) return this.#send(ask);
    this.#waiting.push(ask);
    return {};
  }

  /** The request with this id is the one that the server has to answer. It is adopted when its member leaves. */
  isAsking(id: RequestId | undefined): boolean {
    return id !== undefined && this.#asked?.id === id;
  }

  /** After an error the next one is asked, in its own words. */
  answered(response: Frame): Steps {
    const asked = this.#asked!;
    this.#asked = undefined;
    if (response.envelope.isError) {
      this.#memory.request = undefined;
      const next = this.#waiting.shift();
      return next === undefined ? {} : this.#send(next);
    }
    if (!this.#isRepeated(asked)) this.#memory.request = keptFrame(asked.frame);
    const result = keptFrame(response);
    this.#result = result;
    return { answers: this.#waiting.splice(0).map((ask) => answerTo(ask, result)) };
  }

  /** `notifications/initialized`: true for the first one, which the server is told. */
  completes(): boolean {
    const isFirst = !this.#isComplete;
    this.#isComplete = true;
    return isFirst;
  }

  left(member: SharedMember): void {
    this.#waiting = this.#waiting.filter((ask) => ask.member !== member);
  }

  #send(ask: Ask): Steps {
    this.#asked = ask;
    if (!this.#isRepeated(ask)) return { sends: [ask] };
    const { id } = ask;
    const message = rewriteFrame(this.#memory.request!, { id, progressToken: id });
    return { sends: [{ ...ask, message }] };
  }

  /** A session that comes back has heard what the server said to that request, and expects it to say the same. */
  #isRepeated({ entry }: Ask): boolean {
    return entry.isOwn && this.#memory.request !== undefined;
  }
}

function answerTo({ member, id }: Ask, result: Frame): Answer {
  return { member, message: Buffer.concat(rewriteFrame(result, { id })) };
}
