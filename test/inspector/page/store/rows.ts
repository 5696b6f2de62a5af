/** Rows and processes for tests of the page. */

import type { Hello, Overview, SessionRow, TracedEvent } from '../../../../src/inspector/feed-messages.ts';
import type { ProcessFacts } from '../../../../src/observe/process-facts.ts';

export const facts: ProcessFacts = {
  pid: 4711,
  version: '0.1.0',
  command: 'forward http',
  server: 'npx -y @modelcontextprotocol/server-everything',
  url: 'http://127.0.0.1:8080/mcp',
  startedAt: 1_000,
};

export const hello: Hello = {
  type: 'hello',
  feed: 1,
  process: facts,
  payloads: 'redacted',
  ring: { eventsMax: 1000, bytesMax: 1_000_000 },
  now: 5_000,
  wallTime: 1_700_000_005_000,
};

export function row(id: string, changed: Partial<SessionRow> = {}): SessionRow {
  return {
    id,
    state: 'active.serving',
    status: 'active',
    transportType: 'http',
    openedAt: 1_000,
    lastFrameAt: 2_000,
    frames: 10,
    framesPerSecond: 1,
    pending: 0,
    held: 0,
    errors: 0,
    tags: [],
    ...changed,
  };
}

export function overview(changed: Partial<Overview>): Overview {
  return {
    type: 'overview',
    at: 6_000,
    isWhole: false,
    sessions: [],
    gone: [],
    sessionsByState: {
      initializing: 0,
      'active.serving': 0,
      'active.recovering': 0,
      shuttingDown: 0,
      closed: 0,
      failed: 0,
    },
    transitions: [],
    dwellMs: {},
    eventsPerSecond: 0,
    dropped: 0,
    ...changed,
  };
}

export function event(seq: number, changed: Partial<TracedEvent> = {}): TracedEvent {
  return {
    seq,
    at: seq,
    sessionId: 's1',
    event: 'frame.request',
    decision: 'committed',
    from: 'active.serving',
    to: 'active.serving',
    ...changed,
  };
}
