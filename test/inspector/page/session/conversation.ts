/** Events of a session as the feed tells them, for tests: each call is one event, numbered and a millisecond later than the last. */

import type { Direction, RequestId } from '../../../../src/protocol/envelope.ts';
import type { Outcome, SessionState } from '../../../../src/session/outcomes.ts';
import type { TracedEvent, TracedFrame, TracedOutcome } from '../../../../src/inspector/feed-messages.ts';

type Extra = Partial<Omit<TracedEvent, 'frame'>>;

export class Conversation {
  readonly events: TracedEvent[] = [];
  state: SessionState = 'active.serving';
  #now = 1000;
  #ticket = 0;

  event(event: TracedEvent['event'], extra: Partial<TracedEvent> = {}): TracedEvent {
    const from = this.state;
    const traced: TracedEvent = {
      seq: this.events.length + 1,
      at: this.#now,
      sessionId: 's1',
      event,
      decision: 'committed',
      from,
      to: from,
      ...extra,
    };
    this.state = traced.to;
    this.#now += 1;
    this.events.push(traced);
    return traced;
  }

  pass(ms: number): void {
    this.#now += ms;
  }

  request(direction: Direction, id: RequestId, method = 'tools/call', extra: Extra = {}): TracedEvent {
    const frame = this.#frame({ direction, kind: 'request', id, method });
    return this.event('frame.request', {
      frame,
      sent: [{ direction, kind: 'request', bytes: 10, isOwn: false }],
      ...extra,
    });
  }

  response(direction: Direction, id: RequestId, settled: readonly TracedOutcome[], extra: Extra = {}): TracedEvent {
    const frame = this.#frame({ direction, kind: 'response', id });
    const sent = [{ direction, kind: 'response', bytes: 10, isOwn: false }] as const;
    return this.event('frame.response', { frame, settled, ...(settled.length > 0 ? { sent } : {}), ...extra });
  }

  notification(direction: Direction, method: string, about: RequestId, extra: Extra = {}): TracedEvent {
    const frame = this.#frame({ direction, kind: 'notification', method, about });
    const sent = [{ direction, kind: 'notification', bytes: 10, isOwn: false }] as const;
    return this.event('frame.notification', { frame, sent, ...extra });
  }

  /** The outcome of the request that an event brought. */
  outcome(asked: TracedEvent, outcome: Outcome): TracedOutcome {
    const { direction, id, method } = asked.frame!;
    return { direction, id: id!, method: method!, outcome, elapsedMs: this.#now - asked.at };
  }

  #frame(frame: Omit<TracedFrame, 'ticket' | 'bytes' | 'hasBody'>): TracedFrame {
    this.#ticket += 1;
    return { ticket: this.#ticket, bytes: 10, hasBody: true, ...frame };
  }
}
