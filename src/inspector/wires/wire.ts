/**
 * What a wire of somebody else is to the one who feeds it: actors with charts, the states they are in, the events that they get.
 * A wire turns each into texts that its viewers understand, and knows nothing of connections or of who looks. Types alone.
 */

import type { ChartNode, StateValue } from './chart.ts';

/** A session, or the process that all its sessions belong to. */
export interface WiredActor {
  /** As it is called on the wire. */
  readonly id: string;
  readonly name: string;
  readonly chart: ChartNode;
  /** The process, of a session. */
  readonly parentId?: string;
  readonly rootId: string;
}

export interface WiredState {
  readonly value: StateValue;
  /** Of the states that it is in, in the chart. */
  readonly tags: readonly string[];
  readonly isFinal: boolean;
  readonly context: object;
}

export interface WiredEvent {
  readonly type: string;
  readonly [fact: string]: unknown;
}

/** Each gives the texts to send, one for each message. `at` is in milliseconds since 1970. */
export interface Wire {
  /** Whether a viewer, by this text of it, asks for what there is. Undefined where it gets that without asking. */
  readonly asks?: (text: string) => boolean;
  registered(actor: WiredActor, state: WiredState, at: number): readonly string[];
  happened(actor: WiredActor, event: WiredEvent, at: number): readonly string[];
  became(actor: WiredActor, state: WiredState, event: WiredEvent, at: number): readonly string[];
  /** It is over. `became` has said how, unless that was missed: then the last state that was told is not a final one. */
  stopped(actor: WiredActor, last: WiredState, at: number): readonly string[];
}
