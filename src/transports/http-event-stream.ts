/**
 * One response that is a stream of server-sent events. Comments keep it alive while nothing is said, since what stands between
 * us and the client may close a connection that is silent (P14). Knows bytes of events, not what they say.
 */

import { encodeSseComment } from '../protocol/sse-write.ts';
import type { Due, FixedDelay } from './fixed-delay.ts';
import type { FrontResponse, HeaderList } from './http-messages.ts';
import { Outflow, type OutflowMeter } from './http-outflow.ts';

const heartbeat = encodeSseComment('keepalive');

export interface EventStreamSurroundings {
  /** Of half the time that a stream may be silent: one that said nothing from one look to the next says a comment. */
  readonly heartbeats: FixedDelay;
  /** How long a client may take nothing of what waits for it. */
  readonly patienceMs: number;
}

export class EventStream implements Due {
  dueAt = Infinity;
  duePrevious: Due | undefined = undefined;
  dueNext: Due | undefined = undefined;
  readonly #response: FrontResponse;
  readonly #surroundings: EventStreamSurroundings;
  readonly #outflow: Outflow;
  #hasSpoken = true;

  /** Begins the response. `headers` is taken over. */
  constructor(
    response: FrontResponse,
    headers: HeaderList,
    meter: OutflowMeter,
    surroundings: EventStreamSurroundings,
  ) {
    this.#response = response;
    this.#surroundings = surroundings;
    this.#outflow = new Outflow(response, meter, surroundings.patienceMs);
    headers.push('Content-Type', 'text/event-stream', 'Cache-Control', 'no-cache, no-transform');
    headers.push('X-Accel-Buffering', 'no');
    response.begin(200, headers);
    surroundings.heartbeats.add(this);
  }

  /** Bytes that its client has not taken; 0 while it keeps up. */
  get waiting(): number {
    return this.#outflow.waiting;
  }

  /** The client learns that the stream is open, though nothing is said yet. */
  flush(): void {
    this.#response.flushHeaders();
  }

  write(event: Uint8Array): void {
    this.#hasSpoken = true;
    this.#response.write(event);
    this.#outflow.wrote();
  }

  /** Everything was said. */
  end(): void {
    this.#surroundings.heartbeats.remove(this);
    this.#response.end();
    // What its client has not taken yet is waiting all the same.
    this.#response.owner = this.#outflow;
    this.#outflow.wrote();
  }

  /** The client is gone. */
  closed(): void {
    this.#surroundings.heartbeats.remove(this);
    this.#outflow.responseClosed();
  }

  fallsDue(): void {
    if (!this.#hasSpoken) this.#response.write(heartbeat);
    this.#hasSpoken = false;
    this.#surroundings.heartbeats.add(this);
  }
}
