/** Reads the proxy's trace from its stderr: the decisions, the whole session at its end, and what was no trace. */

import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

import type { Direction, Outcome, RequestId, SessionSnapshot } from '../../src/index.ts';

export interface Exchange {
  readonly direction: Direction;
  readonly id: RequestId;
  readonly method: string;
  /** Undefined when the trace never told one, which must not be. */
  readonly outcome: Outcome | undefined;
  readonly elapsedMs: number;
  readonly progress: number;
}

interface Settled {
  readonly id: RequestId;
  readonly direction: Direction;
  readonly outcome: Outcome;
  readonly elapsedMs: number;
}

/** One line of the trace, as far as it is read here; docs/reference/log.md describes it whole. */
interface TraceLine {
  readonly message: string;
  readonly event?: string;
  readonly direction?: Direction;
  readonly id?: RequestId;
  readonly method?: string;
  readonly settled?: readonly Settled[];
  readonly life?: SessionSnapshot;
}

export class Trace {
  life: SessionSnapshot | undefined;
  /** What the server and everybody else wrote to stderr. */
  readonly noise: string[] = [];
  readonly ended: Promise<void>;
  readonly #exchanges: { -readonly [Key in keyof Exchange]: Exchange[Key] }[] = [];

  constructor(stderr: Readable) {
    const lines = createInterface({ input: stderr });
    lines.on('line', (line) => this.#read(line));
    this.ended = new Promise((resolve) => {
      lines.once('close', resolve);
    });
  }

  get exchanges(): readonly Exchange[] {
    return this.#exchanges;
  }

  #read(line: string): void {
    if (!line.startsWith('{')) {
      this.noise.push(line);
      return;
    }
    const entry = JSON.parse(line) as TraceLine;
    if (entry.message === 'session life') this.life = entry.life;
    if (entry.message === 'decided') this.#decided(entry);
  }

  #decided({ event, direction, id, method, settled = [] }: TraceLine): void {
    if (event === 'frame.request' && direction !== undefined && id !== undefined) {
      this.#exchanges.push({ direction, id, method: method ?? '', outcome: undefined, elapsedMs: 0, progress: 0 });
    }
    if (method === 'notifications/progress') {
      // The demo has one call under way at a time, so progress is that call's.
      const running = this.#exchanges.findLast(
        (exchange) => exchange.outcome === undefined && exchange.direction === 'client-to-server',
      );
      if (running !== undefined) running.progress += 1;
    }
    for (const end of settled) {
      const exchange = this.#exchanges.findLast(
        ({ id: asked, direction: way }) => asked === end.id && way === end.direction,
      );
      if (exchange !== undefined) Object.assign(exchange, { outcome: end.outcome, elapsedMs: end.elapsedMs });
    }
  }
}
