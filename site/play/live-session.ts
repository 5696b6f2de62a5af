/**
 * A session that goes on in this page, with nobody else in it: whoever looks is the client, the server and the clock. The session and
 * its server's restarts are those of `ninelives/core`; its peers say what they are told to, and time passes when it is told to.
 */

import {
  type Departure,
  type RequestId,
  type Runtime,
  type RuntimeSession,
  type SessionSnapshot,
  snapshotOf,
} from '../../src/core.ts';
import type { SessionView, TracedEvent } from '../../src/inspector/feed-messages.ts';
import { explain } from '../../src/observe/explain.ts';
import { TraceRing } from '../../src/observe/trace-ring.ts';
import { tracedEvent } from '../../src/observe/traced-event-view.ts';
import { createTracedRuntime } from '../../src/runtime/runtime.ts';
import type { Tracer } from '../../src/runtime/tracer.ts';
import type { SessionRecord } from '../../src/session/record.ts';
import { type Message, cancelled, progress, request } from '../../src/testing/messages.ts';
import { Script } from '../../src/testing/script.ts';
import { RestartableServer, ScriptedClient } from '../../src/testing/scripted-peer.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import type { PlayedSession } from './played-session.ts';
import { ringBody } from './ring-body.ts';

/** What somebody can do to the session. */
export type LiveAct =
  | 'initialize'
  | 'request'
  | 'cancel'
  | 'reply'
  | 'close'
  | 'answer'
  | 'fail'
  | 'progress'
  | 'ask'
  | 'crash'
  | 'second'
  | 'timeout';

/** A request that a peer has heard and not answered. */
interface Heard {
  readonly id: RequestId;
  readonly method: string;
  readonly progressToken: RequestId | undefined;
}

/** Events beyond are forgotten; nobody presses a button so often. */
const eventsMax = 4096;
/** What passes between two acts, so that each has a time of its own. */
const stepMs = 20;
/** What a server takes to start. */
const startMs = 150;
/** Looks at the clock in which nothing happens to the session, at most. */
const wakesMax = 1000;
const protocolVersion = '2025-11-25';
const clientSays = {
  protocolVersion,
  capabilities: { sampling: {} },
  clientInfo: { name: 'your client', version: '1' },
};
const serverSays = { protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'your server', version: '1' } };
const toolSays = { content: [{ type: 'text', text: 'hello' }] };
const crash: Partial<Departure> = { exitCode: 1, lastStderr: ['Error: somebody pressed Crash'] };

export class LiveSession implements PlayedSession {
  readonly events: TracedEvent[] = [];
  readonly epochOffset: number;
  readonly #clock: VirtualClock;
  readonly #ring = new TraceRing({ eventsMax });
  /** After the event of each number. */
  readonly #moments = new Map<number, SessionSnapshot>();
  readonly #client: ScriptedClient;
  readonly #server: RestartableServer;
  readonly #session: RuntimeSession;
  #requests = 0;
  #questions = 0;
  #progress = 0;
  /** What the server has to answer, and what the client has. Oldest first. */
  #toServer: readonly Heard[] = [];
  #toClient: readonly Heard[] = [];
  /** How often the server has come up. */
  #starts = 0;
  #hasLeft = false;

  /** @param epochMs what the wall clock shows at first. */
  constructor(epochMs: number) {
    this.epochOffset = epochMs;
    this.#clock = new VirtualClock({ epochMs });
    const script = new Script();
    this.#client = new ScriptedClient('client', script);
    this.#server = new RestartableServer('server', script);
    const runtime: Runtime = createTracedRuntime(
      { clock: this.#clock, ids: { sessionId: () => 'yours' } },
      this.#tracer(),
    );
    const opened = runtime.open({ transportType: 'stdio', client: this.#client, server: this.#server });
    if ('refusal' in opened) throw new Error(opened.refusal.code);
    this.#session = opened.session;
    this.#client.session = opened.session.client;
    this.#settle();
  }

  get id(): string {
    return this.#session.id;
  }

  viewAt(index: number): SessionView | undefined {
    const event = this.events[index];
    const snapshot = event === undefined ? undefined : this.#moments.get(event.seq);
    if (event === undefined || snapshot === undefined) return undefined;
    return { type: 'session', at: event.at, snapshot, explanation: explain(snapshot) };
  }

  bodyOf(seq: number): string | undefined {
    return ringBody(this.#ring, seq);
  }

  get isOver(): boolean {
    return this.events.at(-1)?.event === 'session.ended';
  }

  /** Whether it would be anything to do this now. What a session refuses can be done as well: it is worth a look. */
  can(act: LiveAct): boolean {
    if (this.isOver) return false;
    switch (act) {
      case 'initialize':
        return this.#requests === 0 && !this.#hasLeft;
      case 'request':
      case 'close':
        return !this.#hasLeft;
      case 'cancel':
        return !this.#hasLeft && this.#waiting() !== undefined;
      case 'reply':
        return !this.#hasLeft && this.#toClient.length > 0;
      case 'answer':
      case 'fail':
        return this.#server.isRunning && this.#toServer.length > 0;
      case 'progress':
        return this.#server.isRunning && this.#toServer.some(({ progressToken }) => progressToken !== undefined);
      case 'ask':
      case 'crash':
        return this.#server.isRunning;
      case 'second':
        return true;
      case 'timeout':
        return this.#clock.nextAt !== Infinity;
    }
  }

  /** Lets it happen, and whatever follows from it at once. */
  do(act: LiveAct): void {
    if (!this.can(act)) return;
    this.#clock.advance(stepMs);
    this.#act(act);
    this.#settle();
  }

  #act(act: LiveAct): void {
    const [client, server] = [this.#client, this.#server];
    switch (act) {
      case 'initialize':
        client.sends(request(this.#nextId(), 'initialize', clientSays));
        return;
      case 'request': {
        const id = this.#nextId();
        client.asks(id, 'tools/call', { name: 'echo', arguments: { text: 'hello' }, _meta: { progressToken: id } });
        return;
      }
      case 'cancel':
        client.sends(cancelled(this.#waiting()!));
        return;
      case 'reply':
        client.answers(this.#taken('client').id, { role: 'assistant', content: { type: 'text', text: 'hello' } });
        return;
      case 'close':
        this.#hasLeft = true;
        client.endsInput();
        return;
      case 'answer': {
        const { id, method } = this.#taken('server');
        server.answers(id, method === 'initialize' ? serverSays : toolSays);
        return;
      }
      case 'fail':
        server.answersWithError(this.#taken('server').id, -32_603, 'The tool has failed');
        return;
      case 'progress': {
        const { progressToken } = this.#toServer.find((heard) => heard.progressToken !== undefined)!;
        server.sends(progress(progressToken!, ++this.#progress));
        return;
      }
      case 'ask':
        server.asks(++this.#questions, 'sampling/createMessage', { messages: [], maxTokens: 10 });
        return;
      case 'crash':
        this.#toServer = [];
        server.goesDown(crash);
        return;
      case 'second':
        this.#clock.advance(1000);
        return;
      case 'timeout': {
        const before = { seq: this.#ring.newestSeq, starts: server.starts };
        for (let wakes = 0; wakes < wakesMax && this.#isQuietSince(before); wakes++) {
          if (!this.#clock.advanceToNext()) return;
        }
      }
    }
  }

  /** Nothing has happened but that the session looked at the time, while something waits that time can end. */
  #isQuietSince({ seq, starts }: { readonly seq: number; readonly starts: number }): boolean {
    if (this.#server.starts !== starts) return false;
    if (this.#ring.newestSeq === seq) return true;
    const event = this.#ring.event(this.#ring.newestSeq)?.event;
    return typeof event === 'object' && event.type === 'session.ticked' && this.#session.snapshot().pending.length > 0;
  }

  /** What follows at once: servers come up that were started, and peers hear what was said to them. */
  #settle(): void {
    for (;;) {
      if (this.#server.isRunning && this.#server.starts > this.#starts) {
        this.#starts = this.#server.starts;
        this.#clock.advance(startMs);
        this.#server.comesUp();
      }
      const said = this.#server.takesAll();
      const replied = this.#client.takesAll();
      for (const message of said) this.#serverHears(message);
      for (const message of replied) this.#clientHears(message);
      if (said.length + replied.length === 0) break;
    }
    this.#note();
  }

  #serverHears(message: Message): void {
    const heard = requestIn(message);
    if (heard !== undefined) this.#toServer = [...this.#toServer, heard];
    const { method, params } = message as {
      readonly method?: string;
      readonly params?: { readonly requestId?: unknown };
    };
    if (method !== 'notifications/cancelled') return;
    this.#toServer = this.#toServer.filter(({ id }) => id !== params?.requestId);
  }

  #clientHears(message: Message): void {
    const heard = requestIn(message);
    if (heard !== undefined) this.#toClient = [...this.#toClient, heard];
    const { result } = message as { readonly result?: { readonly protocolVersion?: unknown } };
    // As clients do.
    if (result?.protocolVersion !== undefined) this.#client.notifies('notifications/initialized');
  }

  #nextId(): number {
    return ++this.#requests;
  }

  #taken(by: 'client' | 'server'): Heard {
    const [first, ...others] = by === 'client' ? this.#toClient : this.#toServer;
    if (by === 'client') this.#toClient = others;
    else this.#toServer = others;
    return first!;
  }

  /** The oldest request of the client that waits; `initialize` cannot be cancelled. */
  #waiting(): RequestId | undefined {
    return this.#session
      .snapshot()
      .pending.find(({ direction, method }) => direction === 'client-to-server' && method !== 'initialize')?.id;
  }

  /** Events are put into words when an act is done, as a feed does it. */
  #note(): void {
    for (let seq = this.events.length + 1; seq <= this.#ring.newestSeq; seq++) {
      this.events.push(tracedEvent(this.#ring.event(seq)!, this.#ring));
    }
  }

  #tracer(): Tracer {
    const ring = this.#ring;
    const keep = (record: SessionRecord): void => {
      this.#moments.set(ring.newestSeq, snapshotOf(record, this.#clock.now()));
    };
    return {
      opened: (record) => {
        ring.opened(record);
        keep(record);
      },
      decided: (record, ...decided) => {
        ring.decided(record, ...decided);
        keep(record);
      },
      ended: (record) => {
        ring.ended(record);
        keep(record);
      },
    };
  }
}

function requestIn(message: Message): Heard | undefined {
  const { id, method, params } = message as {
    readonly id?: RequestId;
    readonly method?: string;
    readonly params?: { readonly _meta?: { readonly progressToken?: RequestId } };
  };
  return id === undefined || method === undefined
    ? undefined
    : { id, method, progressToken: params?._meta?.progressToken };
}
