/**
 * The world in which the laws are tested: one runtime on a virtual clock, sessions in it, and peers that remember every
 * message written to them and every settled request. Decides nothing about what is right; the laws do.
 */
import type { Log, PeerLink, UpstreamConnector, UpstreamEvents, UpstreamLink } from '../../src/ports.ts';
import type { Direction, RequestId } from '../../src/protocol/envelope.ts';
import { decodeText, encodeText } from '../../src/protocol/text.ts';
import type { OpenOptions, Runtime, RuntimeOptions, RuntimeSession } from '../../src/runtime/api.ts';
import type { Observation } from '../../src/runtime/observation.ts';
import { createTracedRuntime } from '../../src/runtime/runtime.ts';
import type { EndReason } from '../../src/session/outcomes.ts';
import type { RestartPolicy } from '../../src/session/upstream.ts';
import type { TagRule } from '../../src/session/tags.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { allTracers } from '../../src/observe/tracers.ts';
import type { Tracer } from '../../src/runtime/tracer.ts';
import { Taping } from './taping.ts';

export { runs } from './runs.ts';

/** A message as a peer reads it. */
export interface Message {
  readonly id?: RequestId | null;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>> & { readonly _meta?: { readonly progressToken?: RequestId } };
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: {
    readonly code: number;
    readonly message: string;
    readonly data?: Readonly<Record<string, unknown>>;
  };
}

export type Settled = Extract<Observation, { type: 'request-settled' }>;
export type Ended = Extract<Observation, { type: 'session-ended' }>;

export function bytesOf(message: object): Uint8Array {
  return encodeText(JSON.stringify({ jsonrpc: '2.0', ...message }));
}

/** The far end of a link: keeps what was written, and can be slow to read. */
export class Ear implements PeerLink {
  /** What was heard since somebody took it. */
  readonly heard: Message[] = [];
  /** What was heard at all. */
  readonly everything: Message[] = [];
  closedFor: string | undefined = undefined;
  isPaused = false;
  isInputClosed = false;
  isReading = true;
  /** Its link was closed, or its process ended, while it did not read: something written to it may be lost. */
  hasLeftUnread = false;
  /** Writes after the link was closed or its peer was gone. There must be none. */
  strayWrites = 0;
  isGone = false;
  onMessage: ((message: Message) => void) | undefined = undefined;

  write(parts: readonly Uint8Array[]): boolean {
    const message = JSON.parse(parts.map((part) => decodeText(part)).join('')) as Message;
    if (this.closedFor !== undefined || this.isGone) this.strayWrites++;
    this.heard.push(message);
    this.everything.push(message);
    this.onMessage?.(message);
    return this.isReading;
  }
  pause(isPaused: boolean): void {
    this.isPaused = isPaused;
  }
  close(reason: string): void {
    this.closedFor = reason;
    if (!this.isReading) this.hasLeftUnread = true;
  }
  closeInput(): void {
    this.isInputClosed = true;
  }

  take(): readonly Message[] {
    return this.heard.splice(0);
  }
}

/** A server that can be lost and come back: each life is a link of its own, all lives share one ear. */
export class Restartable implements UpstreamConnector {
  readonly ear = new Ear();
  #events: UpstreamEvents | undefined;
  isReady = false;

  /** Somebody waits for this server to become ready. */
  get isComing(): boolean {
    return this.#events !== undefined && !this.isReady;
  }

  connect(events: UpstreamEvents): UpstreamLink {
    this.#events = events;
    const { ear } = this;
    return {
      write: (parts) => ear.write(parts),
      pause: (isPaused) => ear.pause(isPaused),
      closeInput: () => ear.closeInput(),
      kill: () => this.lose(),
      close: (reason) => {
        ear.close(reason);
        this.lose();
      },
    };
  }
  becomeReady(): void {
    if (!this.isComing) return;
    this.isReady = true;
    this.#events?.ready();
  }
  say(bytes: Uint8Array): void {
    if (this.isReady) this.#events?.message(bytes);
  }
  drained(): void {
    this.#events?.drained();
  }
  /** The process is gone; whether it is started again is the policy's business. */
  lose(): void {
    const events = this.#events;
    this.#events = undefined;
    this.isReady = false;
    if (!this.ear.isReading) this.ear.hasLeftUnread = true;
    this.ear.isReading = true;
    events?.lost({ reason: 'exited', exitCode: 1, signal: null, lastStderr: [] });
  }
}

/** One session, with the two peers as the test moves them. */
export class Pair {
  readonly session: RuntimeSession;
  readonly client: Ear;
  readonly server: Restartable;
  readonly settled: Settled[] = [];
  /** Requests that were sent while the session was there to take them, as `directed` names them. */
  readonly asked: string[] = [];
  ended: Ended | undefined = undefined;
  endedFor: EndReason | undefined = undefined;

  constructor(world: Pick<World, 'runtime' | 'pairs'>, options: Partial<OpenOptions>, restart: RestartPolicy) {
    this.client = new Ear();
    this.server = new Restartable();
    const opened = world.runtime.open({
      transportType: 'in-memory',
      client: this.client,
      server: this.server,
      restart,
      onEnded: (reason) => {
        this.endedFor = reason;
      },
      ...options,
    });
    if ('refusal' in opened) throw new Error(`The session was refused: ${opened.refusal.code}`);
    this.session = opened.session;
    world.pairs.set(this.session.id, this);
  }

  fromClient(message: object): void {
    this.session.client.receive(bytesOf(message));
  }
  fromServer(message: object): void {
    this.server.say(bytesOf(message));
  }
  from(direction: Direction, message: object): void {
    if (direction === 'client-to-server') this.fromClient(message);
    else this.fromServer(message);
  }
  /** Sends a request and remembers it, so that the laws can ask what became of it. */
  ask(
    direction: Direction,
    message: { readonly id: RequestId; readonly method: string; readonly params?: object },
  ): void {
    const isTaken = this.endedFor === undefined && (direction === 'client-to-server' || this.server.isReady);
    if (isTaken) this.asked.push(directed(direction, message.id));
    this.from(direction, message);
  }
  /** The ear of the peer that sends in `direction`. */
  earOf(direction: Direction): Ear {
    return direction === 'client-to-server' ? this.client : this.server.ear;
  }
  leave(): void {
    this.client.isGone = true;
    this.session.client.closed(true);
  }

  /** The handshake, up to a session that serves. */
  shake(capabilities: object = { tools: {} }): void {
    this.server.becomeReady();
    const params = { protocolVersion: '2025-11-25', capabilities: {} };
    this.ask('client-to-server', { id: 'hello', method: 'initialize', params });
    this.fromServer({ id: 'hello', result: { protocolVersion: '2025-11-25', capabilities } });
    this.fromClient({ method: 'notifications/initialized' });
    this.client.take();
    this.server.ear.take();
  }
}

export interface WorldOptions extends Partial<RuntimeOptions> {
  readonly restart?: RestartPolicy;
  /** Puts something of somebody else's around the runtime, to which the same laws apply. */
  readonly through?: (runtime: Runtime) => Runtime;
  /** Sees every event, beside the tape. */
  readonly tracer?: Tracer;
}

/** Restarts as often as anybody likes, at once. */
export const alwaysRestart: RestartPolicy = { restartsMax: 1_000_000, withinMs: 1, backoffMs: 0 };

export class World {
  readonly clock = new VirtualClock();
  readonly runtime: Runtime;
  readonly taping: Taping = new Taping();
  readonly tagRules: readonly TagRule[];
  readonly pairs = new Map<string, Pair>();
  readonly observations: Observation[] = [];
  /** What the log was told on its levels `error` and `warn`: defects of ours, and noise of peers. */
  readonly errors: string[] = [];
  readonly #restart: RestartPolicy;
  #sessions = 0;

  constructor({ restart = alwaysRestart, through = (runtime) => runtime, tracer, ...options }: WorldOptions = {}) {
    this.#restart = restart;
    this.tagRules = options.tagRules ?? [];
    const runtime = createTracedRuntime(
      {
        ids: { sessionId: () => `s${++this.#sessions}` },
        clock: this.clock,
        checksInvariants: true,
        log: this.#log(),
        ...options,
      },
      allTracers(this.taping, tracer),
    );
    this.runtime = through(runtime);
    this.runtime.observe((observation) => {
      this.observations.push(observation);
      const pair = this.pairs.get(observation.sessionId);
      if (pair === undefined) return;
      if (observation.type === 'request-settled') pair.settled.push(observation);
      if (observation.type === 'session-ended') pair.ended = observation;
    });
  }

  open(options: Partial<OpenOptions> = {}): Pair {
    return new Pair(this, options, this.#restart);
  }

  /** Lets zero-delay timers (a restart without backoff) fire. */
  breathe(): void {
    this.clock.advance(0);
  }

  #log(): Log {
    const keep = (fields: Readonly<Record<string, unknown>>, text: string): void => {
      const { error } = fields;
      this.errors.push(`${text}: ${error instanceof Error ? error.message : JSON.stringify(fields)}`);
    };
    const nothing = (): void => {};
    return { traces: false, trace: nothing, debug: nothing, info: nothing, warn: nothing, error: keep };
  }
}

/** A request's name: `client 1`, `server "1"`, by who asked. */
export function directed(direction: Direction, id: RequestId | null): string {
  return `${direction === 'client-to-server' ? 'client' : 'server'} ${JSON.stringify(id)}`;
}
