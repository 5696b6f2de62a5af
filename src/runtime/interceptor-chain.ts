/**
 * Runs the interceptors over one frame, in order, and says what they decided together. What an interceptor throws, returns
 * or takes too long over fails the frame it was asked about and nothing else; each step is kept for the trace.
 */

import { refusal } from '../errors.ts';
import type { Direction, Frame, FrameKind } from '../protocol/envelope.ts';
import { isFault } from '../protocol/faults.ts';
import { readMessage } from '../protocol/read.ts';
import { decodeText, encodeText } from '../protocol/text.ts';
import type {
  AnswerBody,
  Deliberation,
  InterceptAction,
  InterceptContext,
  InterceptStep,
  Interceptor,
  JsonObject,
  SessionMetadata,
  TransportType,
  Verdict,
} from '../session/interception.ts';
import { metadataOf } from '../session/metadata.ts';
import type { SessionRecord } from '../session/record.ts';
import type { Clock } from '../ports.ts';

export class InterceptorChain {
  readonly #interceptors: readonly Interceptor[];
  readonly #clock: Clock;

  constructor(interceptors: readonly Interceptor[], clock: Clock) {
    this.#interceptors = interceptors;
    this.#clock = clock;
  }

  get isEmpty(): boolean {
    return this.#interceptors.length === 0;
  }

  /**
   * The verdict at once when every interceptor answers at once; else one that is awaited, from the first that does not.
   * Never throws, never rejects.
   */
  decide(record: SessionRecord, direction: Direction, frame: Frame, frameId: number): Verdict | AwaitedVerdict {
    const run = new Run(record, direction, frame, frameId, this.#clock);
    for (let index = 0; index < this.#interceptors.length; index++) {
      const interceptor = this.#interceptors[index]!;
      try {
        const action: unknown = interceptor.intercept(run.context());
        if (action instanceof Promise) {
          return { settled: this.#await(run, index, action), deliberation: run.deliberation };
        }
        const verdict = run.apply(interceptor, action);
        if (verdict !== undefined) return verdict;
      } catch (error) {
        return run.failed(interceptor, error);
      }
    }
    return run.passed();
  }

  async #await(run: Run, from: number, first: Promise<unknown>): Promise<Verdict> {
    let waiting: unknown = first;
    for (let index = from; index < this.#interceptors.length; index++) {
      const interceptor = this.#interceptors[index]!;
      run.deliberation.interceptor = interceptor.name;
      try {
        // The frame may have ended by its deadline meanwhile; what is decided then comes to nothing.
        const action: unknown = await (index === from ? waiting : interceptor.intercept(run.context()));
        waiting = undefined;
        const verdict = run.apply(interceptor, action);
        if (verdict !== undefined) return verdict;
      } catch (error) {
        return run.failed(interceptor, error);
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

/** One frame on its way through the chain. */
class Run {
  readonly #record: SessionRecord;
  readonly #direction: Direction;
  readonly #frameId: number;
  readonly #clock: Clock;
  readonly #steps: InterceptStep[] = [];
  /** What is told when the answer does not come in time. */
  readonly deliberation = { interceptor: '', steps: this.#steps };
  #frame: Frame;
  #context: FrameContext | undefined;
  #delayMs = 0;

  constructor(record: SessionRecord, direction: Direction, frame: Frame, frameId: number, clock: Clock) {
    this.#record = record;
    this.#direction = direction;
    this.#frame = frame;
    this.#frameId = frameId;
    this.#clock = clock;
  }

  context(): InterceptContext {
    this.#context ??= new FrameContext(this.#record, this.#direction, this.#frame, this.#frameId, this.#clock);
    return this.#context;
  }

  /** The verdict when the action ends the chain; `undefined` when the next interceptor is asked. */
  apply(interceptor: Interceptor, action: unknown): Verdict | undefined {
    const known = action === undefined ? ({ action: 'continue' } as const) : readAction(action);
    if (known === undefined) return this.failed(interceptor, new TypeError('it returned no known action'));
    this.#steps.push({ interceptor: interceptor.name, action: known.action });
    switch (known.action) {
      case 'continue':
        return undefined;
      case 'delay':
        this.#delayMs += known.delayMs;
        return undefined;
      case 'modify':
        return this.#modify(interceptor, known.message);
      case 'block':
        return this.#refuse(refusal('BLOCKED', { interceptor: interceptor.name }), known.message, known.code);
      case 'mock':
        return this.#answer(interceptor, 'error' in known ? { error: known.error } : { result: known.result });
    }
  }

  failed(interceptor: Interceptor, error: unknown): Verdict {
    this.#steps.push({ interceptor: interceptor.name, action: 'failed' });
    const text: unknown = error instanceof Error ? error.message : error;
    const reason = typeof text === 'string' ? text.slice(0, 500) : 'it threw something that is no error';
    return this.#refuse(refusal('INTERCEPTOR_FAILED', { interceptor: interceptor.name, reason }));
  }

  /** Nobody objected. What an interceptor has read goes on as it was read: duplicate keys mean one thing to everybody. */
  passed(): Verdict {
    const read = this.#context?.readMessage;
    const frame = read === undefined ? this.#frame : (frameOf(read, this.#frame) ?? this.#frame);
    return { kind: 'forward', frame, delayMs: this.#delayMs, steps: this.#steps };
  }

  #modify(interceptor: Interceptor, message: JsonObject): Verdict | undefined {
    const frame = frameOf(message, this.#frame);
    if (frame === undefined) {
      return this.failed(interceptor, new TypeError('the modified message has another kind or id, or is no message'));
    }
    this.#frame = frame;
    this.#context = undefined;
    return undefined;
  }

  #refuse(why: ReturnType<typeof refusal>, message?: string, code?: number): Verdict {
    const own = { ...(message === undefined ? {} : { message }), ...(code === undefined ? {} : { number: code }) };
    return { kind: 'refuse', refusal: { ...why, ...own }, delayMs: this.#delayMs, steps: this.#steps };
  }

  #answer(interceptor: Interceptor, body: AnswerBody): Verdict {
    if (this.#frame.envelope.kind === 'notification') {
      return this.failed(interceptor, new TypeError('a notification has no answer to mock'));
    }
    if (textOf('result' in body ? (body.result ?? {}) : body.error) === undefined) {
      return this.failed(interceptor, new TypeError('the mocked answer cannot be written as JSON'));
    }
    return { kind: 'answer', body, delayMs: this.#delayMs, steps: this.#steps };
  }
}

/** What one interceptor sees. The message is parsed when it is first read. */
class FrameContext implements InterceptContext {
  readonly direction: Direction;
  readonly frameId: number;
  readonly timestamp: number;
  readMessage: JsonObject | undefined = undefined;
  readonly #record: SessionRecord;
  readonly #frame: Frame;
  readonly #clock: Clock;

  constructor(record: SessionRecord, direction: Direction, frame: Frame, frameId: number, clock: Clock) {
    this.#record = record;
    this.#frame = frame;
    this.#clock = clock;
    this.direction = direction;
    this.frameId = frameId;
    this.timestamp = clock.wallTime();
  }

  get kind(): FrameKind {
    return this.#frame.envelope.kind;
  }
  get method(): string {
    return this.#frame.envelope.method;
  }
  get message(): JsonObject {
    this.readMessage ??= JSON.parse(decodeText(this.#frame.bytes)) as JsonObject;
    return this.readMessage;
  }
  get sessionId(): string {
    return this.#record.id;
  }
  get transportType(): TransportType {
    return this.#record.transportType;
  }
  get metadata(): SessionMetadata {
    return metadataOf(this.#record, () => this.#clock.now());
  }
}

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

/** Checks what an interceptor returned; nothing about it is taken on trust. */
function readAction(value: unknown): InterceptAction | undefined {
  if (!isObject(value)) return undefined;
  switch (value['action']) {
    case 'continue':
      return { action: 'continue' };
    case 'modify':
      return isObject(value['message']) ? { action: 'modify', message: value['message'] } : undefined;
    case 'delay': {
      const delayMs = value['delayMs'];
      return typeof delayMs === 'number' && delayMs >= 0 && delayMs < Infinity
        ? { action: 'delay', delayMs }
        : undefined;
    }
    case 'block': {
      const { code, message } = value;
      if (code !== undefined && !Number.isSafeInteger(code)) return undefined;
      if (message !== undefined && typeof message !== 'string') return undefined;
      return {
        action: 'block',
        ...(code === undefined ? {} : { code: code as number }),
        ...(message === undefined ? {} : { message }),
      };
    }
    case 'mock':
      return readMock(value);
    default:
      return undefined;
  }
}

function readMock(value: JsonObject): InterceptAction | undefined {
  const { error } = value;
  if (error === undefined) return 'result' in value ? { action: 'mock', result: value['result'] } : undefined;
  if (!isObject(error) || !Number.isSafeInteger(error['code']) || typeof error['message'] !== 'string')
    return undefined;
  return { action: 'mock', error: { code: error['code'] as number, message: error['message'], data: error['data'] } };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
