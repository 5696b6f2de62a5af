/**
 * The laws of a conversation as its client sees them, kept while it runs: every request is answered, once, with what it asked
 * for, under the id it had, and nobody else's answer comes. Pure: reads no stream and knows no process.
 */

export type MessageId = string | number;

export interface Message {
  readonly id?: MessageId | null;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: {
    readonly code: number;
    readonly message: string;
    readonly data?: Readonly<Record<string, unknown>>;
  };
}

/** How a request ended, for its asker. */
export type Ending =
  | { readonly kind: 'result'; readonly result: Readonly<Record<string, unknown>> }
  | { readonly kind: 'error'; readonly code: number; readonly data: Readonly<Record<string, unknown>> }
  /** The conversation was over before an answer came, and none was due any more. */
  | { readonly kind: 'abandoned' };

export type Violation = (law: string, details: string) => void;

interface Waiting {
  readonly id: MessageId;
  readonly askedAt: number;
  /** Place among the requests whose answers come in the order of the questions; none for all others. */
  readonly turn: number | undefined;
  readonly takes: (message: Message) => boolean;
  readonly end: (ending: Ending) => void;
}

export interface Asked {
  /** Its answer comes after those of all earlier requests that say so too. */
  readonly isOrdered?: boolean;
  /** Told apart from another request under the same id by its answer. */
  readonly takes?: (message: Message) => boolean;
}

export class Ledger {
  readonly #violation: Violation;
  /** By the id as JSON, so that `1` and `"1"` are two. */
  readonly #waiting = new Map<string, Waiting[]>();
  readonly #gone = new Past();
  #turns = 0;
  #lastTurn = 0;
  /** Answers that are due for lines that name no request. */
  #namelessDue = 0;
  answered = 0;

  constructor(violation: Violation) {
    this.#violation = violation;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  get namelessDue(): number {
    return this.#namelessDue;
  }

  /** @param now milliseconds, for saying how long a request has waited. */
  ask(id: MessageId, now: number, { isOrdered = false, takes = () => true }: Asked = {}): Promise<Ending> {
    return new Promise((end) => {
      const turn = isOrdered ? ++this.#turns : undefined;
      const key = JSON.stringify(id);
      const others = this.#waiting.get(key) ?? [];
      this.#waiting.set(key, [...others, { id, askedAt: now, turn, takes, end }]);
    });
  }

  /** The request is given up: no answer is due any more, and one that still comes must have been on its way. */
  giveUp(id: MessageId): void {
    const key = JSON.stringify(id);
    const requests = this.#waiting.get(key);
    if (requests === undefined) return;
    for (const { end } of requests) end({ kind: 'abandoned' });
    this.#waiting.delete(key);
    this.#gone.add(key, 'given up');
  }

  /** A line was written that is no message: one error without an id is due for it. */
  expectNameless(): void {
    this.#namelessDue += 1;
  }

  /** A message that answers something. */
  hear(message: Message): void {
    if (message.id === null || message.id === undefined) {
      this.#hearNameless(message);
      return;
    }
    const key = JSON.stringify(message.id);
    const waiting = this.#waiting.get(key)?.find(({ takes }) => takes(message));
    if (waiting === undefined) {
      this.#hearUnasked(key, message);
      return;
    }
    this.#remove(key, waiting);
    if (message.result !== undefined && waiting.turn !== undefined) this.#takeTurn(waiting.turn, key);
    this.answered += 1;
    if (message.result !== undefined) waiting.end({ kind: 'result', result: message.result });
    else waiting.end({ kind: 'error', code: message.error?.code ?? NaN, data: message.error?.data ?? {} });
  }

  /** Requests that have waited for longer than `patienceMs`. */
  overdue(now: number, patienceMs: number): readonly MessageId[] {
    return [...this.#waiting.values()].flat().flatMap(({ id, askedAt }) => (now - askedAt > patienceMs ? [id] : []));
  }

  /**
   * The conversation is over. With `owesAnswers` every request has to have its answer by now.
   */
  close(owesAnswers: boolean): void {
    for (const [key, requests] of this.#waiting) {
      for (const { end } of requests) {
        if (owesAnswers) this.#violation('every request is answered', `request ${key} has no answer at the end`);
        end({ kind: 'abandoned' });
      }
    }
    if (owesAnswers && this.#namelessDue > 0) {
      this.#violation('every request is answered', `${this.#namelessDue} broken lines have no answer at the end`);
    }
    this.#waiting.clear();
    this.#namelessDue = 0;
  }

  #remove(key: string, waiting: Waiting): void {
    const others = (this.#waiting.get(key) ?? []).filter((other) => other !== waiting);
    if (others.length > 0) {
      this.#waiting.set(key, others);
      return;
    }
    this.#waiting.delete(key);
    this.#gone.add(key, 'answered');
  }

  #takeTurn(turn: number, key: string): void {
    if (turn < this.#lastTurn) this.#violation('answers keep their order', `the answer to ${key} was overtaken`);
    this.#lastTurn = turn;
  }

  #hearNameless(message: Message): void {
    if (message.error === undefined || (message.error.code !== -32700 && message.error.code !== -32600)) {
      this.#violation('nothing comes unasked', `an answer to nobody: ${excerpt(message)}`);
    } else if (this.#namelessDue === 0) {
      this.#violation('nothing comes unasked', `an error for a line that was not broken: ${excerpt(message)}`);
    } else this.#namelessDue -= 1;
  }

  #hearUnasked(key: string, message: Message): void {
    switch (this.#gone.of(key)) {
      case 'answered':
        this.#violation('every request is answered once', `another answer to ${key}: ${excerpt(message)}`);
        return;
      case 'given up':
        // On its way already; a second one cannot be.
        this.#gone.add(key, 'answered');
        return;
      case undefined:
        this.#violation("nobody else's answer comes", `nobody here asked ${key}: ${excerpt(message)}`);
    }
  }
}

function excerpt(message: Message): string {
  return JSON.stringify(message).slice(0, 300);
}

const pastMax = 100_000;

/** What became of the latest requests; what is longer ago is forgotten, or a long run would be about its own memory. */
class Past {
  #recent = new Map<string, 'answered' | 'given up'>();
  #older = new Map<string, 'answered' | 'given up'>();

  add(key: string, fate: 'answered' | 'given up'): void {
    if (this.#recent.size >= pastMax) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(key, fate);
  }

  of(key: string): 'answered' | 'given up' | undefined {
    return this.#recent.get(key) ?? this.#older.get(key);
  }
}
