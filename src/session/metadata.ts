/**
 * What is known about a session at one moment, under the names that interceptors, rules, the API and the page share (S8).
 * A view: each number is read when it is asked for, so it costs nothing when nobody asks.
 */

import type { SessionMetadata } from './interception.ts';
import { type SessionData, tagsOf } from './session-data.ts';
import type { SessionState } from './outcomes.ts';

class RecordMetadata implements SessionMetadata {
  readonly #record: SessionData;
  readonly #now: () => number;

  constructor(record: SessionData, now: () => number) {
    this.#record = record;
    this.#now = now;
  }
  get frame_count(): number {
    return this.#record.frames;
  }
  get session_duration_ms(): number {
    return Math.round(this.#now() - this.#record.openedAt);
  }
  get session_tags(): readonly string[] {
    return tagsOf(this.#record);
  }
  get session_state(): SessionState {
    return this.#record.state;
  }
  get pending_count(): number {
    return this.#record.pending.size;
  }
  get protocol_version(): string | undefined {
    return this.#record.facts.protocolVersion;
  }
  get client_name(): string | undefined {
    return this.#record.facts.clientName;
  }
  get server_name(): string | undefined {
    return this.#record.facts.serverName;
  }
  get principal(): string | undefined {
    return this.#record.principal;
  }
  get route(): string | undefined {
    return this.#record.route;
  }
  toJSON(): SessionMetadata {
    return {
      frame_count: this.frame_count,
      session_duration_ms: this.session_duration_ms,
      session_tags: this.session_tags,
      session_state: this.session_state,
      pending_count: this.pending_count,
      protocol_version: this.protocol_version,
      client_name: this.client_name,
      server_name: this.server_name,
      principal: this.principal,
      route: this.route,
    };
  }
}

export function metadataOf(record: SessionData, now: () => number): SessionMetadata {
  return new RecordMetadata(record, now);
}
