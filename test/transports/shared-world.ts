/** Clients with sessions of their own on one runtime, in front of one shared server that the test speaks for. */

import { setImmediate as nextTurn } from 'node:timers/promises';

import type { Log, UpstreamConnector, UpstreamEvents, UpstreamLink } from '../../src/ports.ts';
import { decodeText, encodeText } from '../../src/protocol/text.ts';
import type { RuntimeSession } from '../../src/runtime/api.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { silentLog } from '../../src/runtime/silent-log.ts';
import type { CounterName } from '../../src/session/counters.ts';
import type { Departure } from '../../src/session/upstream.ts';
import { initialize, initializeResult } from '../../src/testing/messages.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { SharedServer, type SharedServerOptions } from '../../src/transports/shared-connector.ts';

export type Message = Readonly<Record<string, unknown>>;

export const exited: Departure = { reason: 'exited', exitCode: 1, signal: null, lastStderr: [] };

export const textOf = (parts: readonly Uint8Array[]): string => parts.map((part) => decodeText(part)).join('');
export const bytesOf = (message: object): Uint8Array => encodeText(JSON.stringify({ jsonrpc: '2.0', ...message }));
const parsed = (parts: readonly Uint8Array[]): Message => JSON.parse(textOf(parts)) as Message;

/** A server behind one pipe, which comes up when the test says so. */
export class PipeServer implements UpstreamConnector {
  /** What it heard in its present life. */
  heard: Message[] = [];
  starts = 0;
  isPaused = false;
  isInputClosed = false;
  closedBecause: string | undefined;
  /** Takes so many messages more before it says that it is full. */
  room = Infinity;
  /** Told of each message, before `write` returns. */
  onHeard: ((message: Message) => void) | undefined;
  #events: UpstreamEvents | undefined;

  get events(): UpstreamEvents {
    if (this.#events === undefined) throw new Error('the server is not running');
    return this.#events;
  }
  get isRunning(): boolean {
    return this.#events !== undefined;
  }

  connect(events: UpstreamEvents): UpstreamLink {
    this.starts++;
    this.heard = [];
    this.#events = events;
    this.closedBecause = undefined;
    return {
      write: (parts) => {
        const message = parsed(parts);
        this.heard.push(message);
        this.room--;
        this.onHeard?.(message);
        return this.room > 0;
      },
      pause: (paused) => {
        this.isPaused = paused;
      },
      closeInput: () => {
        this.isInputClosed = true;
      },
      close: (reason) => {
        this.closedBecause = reason;
      },
    };
  }

  says(message: object): void {
    this.events.message(bytesOf(message));
  }
  comesUp(): void {
    this.events.ready();
  }
  goesDown(departure: Departure = exited): void {
    const { events } = this;
    this.#events = undefined;
    events.lost(departure);
  }

  last(): Message {
    return this.heard.at(-1)!;
  }
  /** Answers the request that it heard last. */
  answersLast(result: object = {}): void {
    this.says({ id: this.last()['id'], result });
  }
  methods(): readonly unknown[] {
    return this.heard.map((message) => message['method'] ?? 'response');
  }
  /** Forgets what it heard, and returns it. */
  takes(): readonly Message[] {
    return this.heard.splice(0);
  }
}

/** A client on a connection of its own, with its session. */
export class Guest {
  readonly heard: Message[] = [];
  readonly session: RuntimeSession;
  readonly endings: string[] = [];
  isReading = true;

  constructor(world: SharedWorld, restart = { restartsMax: 3, withinMs: 60_000, backoffMs: 100 }) {
    const opened = world.runtime.open({
      transportType: 'in-memory',
      server: world.shared.member(),
      restart,
      client: {
        write: (parts) => {
          this.heard.push(parsed(parts));
          return this.isReading;
        },
        pause: () => {},
        close: () => {},
      },
      onEnded: (reason) => this.endings.push(reason),
    });
    if ('refusal' in opened) throw new Error('no session');
    this.session = opened.session;
  }

  sends(message: object): void {
    this.session.client.receive(bytesOf(message));
  }
  asks(id: string | number, method = 'tools/call', params: object = {}): void {
    this.sends({ id, method, params });
  }
  leaves(): void {
    this.session.client.closed(true);
  }
  takes(): readonly Message[] {
    return this.heard.splice(0);
  }
  count(name: CounterName): number {
    return this.session.snapshot().counts[name];
  }
  get state(): string {
    return this.session.snapshot().state;
  }
}

export class SharedWorld {
  readonly clock = new VirtualClock();
  readonly server = new PipeServer();
  readonly shared: SharedServer;
  readonly runtime = createRuntime({
    ids: { sessionId: () => `s${++this.#sessions}` },
    clock: this.clock,
    checksInvariants: true,
  });
  #sessions = 0;

  constructor(options: Partial<SharedServerOptions> & { readonly log?: Log } = {}) {
    this.shared = new SharedServer({ connector: this.server, clock: this.clock, log: silentLog, ...options });
  }

  guest(): Guest {
    return new Guest(this);
  }

  /** Guests that have shaken hands, with a server that is up and has forgotten it. */
  async guests(number: number): Promise<readonly Guest[]> {
    const guests = Array.from({ length: number }, () => this.guest());
    this.server.comesUp();
    for (const guest of guests) await this.shakes(guest);
    this.server.takes();
    return guests;
  }

  async shakes(guest: Guest): Promise<void> {
    await settled();
    guest.sends(initialize(0));
    if (this.server.last()?.['method'] === 'initialize') this.server.answersLast(initializeResult());
    await settled();
    guest.sends({ method: 'notifications/initialized' });
    guest.takes();
  }
}

/** Everything that was to be told in a later turn has been told. */
export async function settled(): Promise<void> {
  await nextTurn();
}

/** Two clients that have shaken hands. */
export async function pair(): Promise<SharedWorld & { readonly alice: Guest; readonly bob: Guest }> {
  const world = new SharedWorld();
  const [alice, bob] = (await world.guests(2)) as [Guest, Guest];
  return Object.assign(world, { alice, bob });
}

/** How the server is told that nobody is there to answer it. */
export const refusedWith = (reason: string) => ({
  error: { code: 4040, data: { code: 'SESSION_NOT_FOUND', reason } },
});
