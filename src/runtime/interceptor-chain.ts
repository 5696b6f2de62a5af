/**
 * Runs the interceptors over one frame, in order, and says what they decided together. What an interceptor throws, returns
 * or takes too long over fails the frame it was asked about and nothing else; each step is kept for the trace.
 */

import { refusal } from '../errors.ts';
import type { Direction, Frame } from '../protocol/envelope.ts';
import { isFault } from '../protocol/faults.ts';
import { readMessage } from '../protocol/read.ts';
import { encodeText } from '../protocol/text.ts';
import type {
  AnswerBody,
  Deliberation,
  InterceptAction,
  InterceptContext,
  InterceptStep,
  Interceptor,
  InterceptorSource,
  JsonObject,
  LabelChange,
  Verdict,
} from '../session/interception.ts';
import type { Via } from '../session/pending.ts';
import type { SessionRecord } from '../session/record.ts';
import type { Clock } from '../ports.ts';
import { FrameContext, type Passage } from './frame-context.ts';
import { readInterceptAction } from './intercept-action.ts';

export class InterceptorChain {
  readonly #interceptors: readonly Interceptor[] | InterceptorSource;
  readonly #clock: Clock;

  constructor(interceptors: readonly Interceptor[] | InterceptorSource, clock: Clock) {
    this.#interceptors = interceptors;
    this.#clock = clock;
  }

  get isEmpty(): boolean {
    const interceptors = this.#interceptors;
    return 'length' in interceptors ? interceptors.length === 0 : interceptors.isEmpty === true;
  }

  /**
   * The verdict at once when every interceptor answers at once; else one that is awaited, from the first that does not.
   * Never throws, never rejects.
   */
  decide(
    record: SessionRecord,
    direction: Direction,
    frame: Frame,
    frameId: number,
    via?: Via,
  ): Verdict | AwaitedVerdict {
    const run = new Run({ record, direction, frameId, via, clock: this.#clock }, frame);
    let interceptors: readonly Interceptor[];
    try {
      interceptors = this.#for(run);
    } catch (error) {
      return run.failed('interceptors', error);
    }
    for (let index = 0; index < interceptors.length; index++) {
      const interceptor = interceptors[index]!;
      try {
        const answer: unknown = interceptor.intercept(run.context());
        const next = answer instanceof Promise ? answer : run.take(interceptor, answer);
        if (next === undefined) continue;
        if ('kind' in next) return next;
        const { deliberation } = run;
        deliberation.interceptor = interceptor.name;
        const first = next instanceof Promise ? next : run.pause(next);
        return { settled: this.#await(run, interceptors, index, first), deliberation };
      } catch (error) {
        return run.failed(interceptor.name, error);
      }
    }
    return run.passed();
  }

  #for(run: Run): readonly Interceptor[] {
    if ('length' in this.#interceptors) return this.#interceptors;
    return this.#interceptors.interceptorsFor(run.context());
  }

  async #await(
    run: Run,
    interceptors: readonly Interceptor[],
    from: number,
    first: Promise<unknown>,
  ): Promise<Verdict> {
    for (let index = from; index < interceptors.length; index++) {
      const interceptor = interceptors[index]!;
      run.deliberation.interceptor = interceptor.name;
      try {
        // The frame may have ended by its deadline meanwhile; what is decided then comes to nothing.
        let answer: unknown = await (index === from ? first : interceptor.intercept(run.context()));
        for (;;) {
          const next = run.take(interceptor, answer);
          if (next === undefined) break;
          if ('kind' in next) return next;
          answer = await run.pause(next);
        }
      } catch (error) {
        return run.failed(interceptor.name, error);
      }
    }
    return run.passed();
  }
}

/** A verdict that is still to come. */
export interface AwaitedVerdict {
  readonly settled: Promise<Verdict>;
  readonly deliberation: Deliberation;
}

type Pause = Extract<InterceptAction, { readonly action: 'pause' }>;

/** One frame on its way through the chain. */
class Run {
  readonly #passage: Passage;
  readonly #steps: InterceptStep[] = [];
  /** What is told when the answer does not come in time. */
  readonly deliberation = { interceptor: '', steps: this.#steps, isAside: false, pausedUntil: 0 };
  #frame: Frame;
  #context: FrameContext | undefined;
  #delayMs = 0;
  #isAside: boolean | undefined;
  #labels: LabelChange[] | undefined;

  constructor(passage: Passage, frame: Frame) {
    this.#passage = passage;
    this.#frame = frame;
  }

  context(): InterceptContext {
    this.#context ??= new FrameContext(this.#passage, this.#frame);
    return this.#context;
  }

  /** The verdict when an action ends the chain, a pause that is to be waited for, or `undefined`: the next is asked. */
  take(interceptor: Interceptor, answer: unknown): Verdict | Pause | undefined {
    if (!Array.isArray(answer)) return this.#apply(interceptor, answer);
    for (let index = 0; index < answer.length; index++) {
      const next = this.#apply(interceptor, answer[index]);
      if (next === undefined) continue;
      if ('kind' in next || index === answer.length - 1) return next;
      return this.failed(nameOf(next, interceptor), new TypeError('nothing may follow a pause'));
    }
    return undefined;
  }

  /** Waits until somebody has decided, or the time for that is over. */
  async pause({ until, pauseMs, otherwise, scope }: Pause): Promise<unknown> {
    const { clock } = this.#passage;
    this.deliberation.pausedUntil = clock.now() + pauseMs;
    this.deliberation.isAside = scope === 'exchange';
    return new Promise((resolve, reject) => {
      const timer = clock.setTimeout(() => resolve(otherwise), pauseMs);
      void until.then(resolve, reject).finally(() => clock.clearTimeout(timer));
    });
  }

  #apply(interceptor: Interceptor, action: unknown): Verdict | Pause | undefined {
    const known = action === undefined ? ({ action: 'continue' } as const) : readInterceptAction(action);
    if (known === undefined) return this.failed(interceptor.name, new TypeError('it returned no known action'));
    const by = nameOf(known, interceptor);
    this.#steps.push({ interceptor: by, action: known.action });
    switch (known.action) {
      case 'continue':
        return undefined;
      case 'delay':
        this.#delayMs += known.delayMs;
        this.#isAside = this.#isAside !== false && known.scope === 'exchange';
        return undefined;
      case 'tag': {
        const { labels, isSet = true } = known;
        this.#labels ??= [];
        for (const label of labels) this.#labels.push({ label, isSet });
        return undefined;
      }
      case 'pause':
        return known;
      case 'modify':
        return this.#modify(by, known.message);
      case 'block':
        return this.#refuse(refusal('BLOCKED', { interceptor: by }), known.message, known.code);
      case 'mock':
        return this.#answer(by, 'error' in known ? { error: known.error } : { result: known.result });
      case 'drop':
        return { kind: 'drop', fault: known.fault, ...this.#besides() };
    }
  }

  failed(by: string, error: unknown): Verdict {
    this.#steps.push({ interceptor: by, action: 'failed' });
    const text: unknown = error instanceof Error ? error.message : error;
    const reason = typeof text === 'string' ? text.slice(0, 500) : 'it threw something that is no error';
    return this.#refuse(refusal('INTERCEPTOR_FAILED', { interceptor: by, reason }));
  }

  /** Nobody objected. What an interceptor has read goes on as it was read: duplicate keys mean one thing to everybody. */
  passed(): Verdict {
    const read = this.#context?.readMessage;
    const frame = read === undefined ? this.#frame : (frameOf(read, this.#frame) ?? this.#frame);
    return { kind: 'forward', frame, ...this.#besides() };
  }

  #besides(): Pick<Verdict, 'delayMs' | 'steps' | 'isAside' | 'labels'> {
    return { delayMs: this.#delayMs, steps: this.#steps, isAside: this.#isAside === true, labels: this.#labels };
  }

  #modify(by: string, message: JsonObject): Verdict | undefined {
    const frame = frameOf(message, this.#frame);
    if (frame === undefined) {
      return this.failed(by, new TypeError('the modified message has another kind or id, or is no message'));
    }
    this.#frame = frame;
    this.#context = undefined;
    return undefined;
  }

  #refuse(why: ReturnType<typeof refusal>, message?: string, code?: number): Verdict {
    const own = { ...(message === undefined ? {} : { message }), ...(code === undefined ? {} : { number: code }) };
    return { kind: 'refuse', refusal: { ...why, ...own }, ...this.#besides() };
  }

  #answer(by: string, body: AnswerBody): Verdict {
    if (this.#frame.envelope.kind === 'notification') {
      return this.failed(by, new TypeError('a notification has no answer to mock'));
    }
    if (textOf('result' in body ? (body.result ?? {}) : body.error) === undefined) {
      return this.failed(by, new TypeError('the mocked answer cannot be written as JSON'));
    }
    return { kind: 'answer', body, ...this.#besides() };
  }
}

const nameOf = ({ by }: InterceptAction, interceptor: Interceptor): string => by ?? interceptor.name;

/** The message as a frame of the same kind and id as `original`; `undefined` when it is not one. */
function frameOf(message: JsonObject, original: Frame): Frame | undefined {
  const text = textOf(message);
  if (text === undefined) return undefined;
  const frame = readMessage(encodeText(text));
  if (isFault(frame)) return undefined;
  const isSame = frame.envelope.kind === original.envelope.kind && frame.envelope.id === original.envelope.id;
  if (!isSame) return undefined;
  const { aside } = original;
  return aside === undefined ? frame : { ...frame, aside };
}

/** The value as JSON; `undefined` for what JSON cannot say: a function, a circle, a `toJSON` that throws. */
function textOf(value: unknown): string | undefined {
  try {
    // Typed as a string always, and none for a function or a symbol.
    const text: string | undefined = JSON.stringify(value);
    return text;
  } catch {
    return undefined;
  }
}
