/**
 * Tests that read as conversations: scripted clients and servers around a real runtime on a virtual clock. Whatever is
 * written to a peer has to be expected by the test, in order; what is not, fails it, and so does an error in the log.
 *
 * A playbook ends with `ends()`: everything said must be accounted for, and a runtime that is then stopped must own
 * nothing any more: no pending requests, no timers, no sessions.
 */

import { setImmediate as nextTurn } from 'node:timers/promises';

import type { Refusal } from '../errors.ts';
import type { RequestId } from '../protocol/envelope.ts';
import type { OpenOptions, Runtime, RuntimeOptions, RuntimeSession } from '../runtime/api.ts';
import type { Observation } from '../runtime/observation.ts';
import { createTracedRuntime } from '../runtime/runtime.ts';
import type { Tracer } from '../runtime/tracer.ts';
import type { CounterName } from '../session/counters.ts';
import type { EndReason } from '../session/outcomes.ts';
import { CollectingLog } from './collecting-log.ts';
import { type Message, initialize, initializeResult } from './messages.ts';
import { Script } from './script.ts';
import { RestartableServer, ScriptedClient, ScriptedServer } from './scripted-peer.ts';
import { VirtualClock } from './virtual-clock.ts';

export type PlaybookOptions = Partial<Omit<RuntimeOptions, 'clock' | 'log'>> & {
  /** Collects trace lines too. */
  readonly traces?: boolean;
  /** Sees every event as it is decided. */
  readonly tracer?: Tracer;
  /** What the wall clock shows at the beginning. */
  readonly epochMs?: number;
};

export type TalkOptions = Partial<Omit<OpenOptions, 'client' | 'server'>>;

/** How long the runtime may take to let go of a peer that reads slowly. */
const lingerMs = 60_000;

/** One session with its two peers. */
export interface Talk<TServer extends ScriptedServer | RestartableServer> {
  readonly client: ScriptedClient;
  readonly server: TServer;
  readonly session: RuntimeSession;
  /** What `onEnded` was told, in order: one reason at most. */
  readonly endedWith: readonly EndReason[];
  /** Plays the handshake to its end, under `id`. */
  readonly handshake: (handshake?: Handshake) => void;
  /** The named counters of the session; every one that is not zero when none is named. */
  readonly counts: (...names: CounterName[]) => Partial<Record<CounterName, number>>;
}

export interface Handshake {
  readonly id?: RequestId;
  readonly protocolVersion?: string;
  readonly capabilities?: object;
}

export class Playbook {
  readonly clock: VirtualClock;
  readonly log: CollectingLog;
  readonly runtime: Runtime;
  /** What an observer is told from the beginning on. */
  readonly observations: Observation[] = [];
  readonly #script: Script = new Script();
  readonly #talks: Talk<ScriptedServer | RestartableServer>[] = [];

  constructor({ traces = false, epochMs = 0, tracer, ...options }: PlaybookOptions = {}) {
    this.clock = new VirtualClock({ epochMs });
    this.log = new CollectingLog(this.#script, traces);
    let sessions = 0;
    this.runtime = createTracedRuntime(
      {
        ids: { sessionId: () => `s${++sessions}` },
        checksInvariants: true,
        ...options,
        clock: this.clock,
        log: this.log,
      },
      tracer,
    );
    this.runtime.observe((observation) => this.observations.push(observation));
  }

  /** Opens a session whose server is there from the start and never comes back. */
  open(options: TalkOptions = {}): Talk<ScriptedServer> {
    const number = this.#talks.length + 1;
    const server = new ScriptedServer(`server ${number}`, this.#script);
    return this.#open(number, server, options);
  }

  /** Opens a session whose server has to be started; the test says when it comes up. */
  openWithRestarts(options: TalkOptions = {}): Talk<RestartableServer> {
    const number = this.#talks.length + 1;
    const server = new RestartableServer(`server ${number}`, this.#script);
    return this.#open(number, server, {
      ...options,
      onServerStopped: (departure) => {
        server.stoppedWith = departure;
        options.onServerStopped?.(departure);
      },
    });
  }

  /** Asks for a session that must be refused; returns why. */
  isRefusedASession(options: TalkOptions = {}): Refusal {
    const client = new ScriptedClient('a refused client', this.#script);
    const server = new ScriptedServer('the server of a refused client', this.#script);
    const opened = this.runtime.open({ transportType: 'in-memory', ...options, client, server });
    if ('session' in opened) this.#script.fail('the session was opened');
    this.#script.add('a session is refused');
    return opened.refusal;
  }

  timePasses(ms: number): void {
    this.#script.add(`${ms} ms pass`);
    this.clock.advance(ms);
  }

  /** Lets every promise that can settle without time passing do so. */
  async promisesSettle(): Promise<void> {
    await nextTurn();
  }

  /**
   * Fails when anything is left that the test did not account for, or that a stopped runtime still owns. Says nothing more
   * when an expectation has failed before.
   */
  async ends(): Promise<void> {
    if (this.#script.hasFailed) return;
    for (const { client, server } of this.#talks) {
      client.receivesNothing();
      server.receivesNothing();
    }
    await this.#stop();
    this.#script.checkViolations();
    const [line] = this.log.lines('error');
    if (line !== undefined) this.#script.fail(`the log has an error that nobody expected: ${line.text}`);
    if (this.clock.errors.length > 0) this.#script.fail('a timer threw', [], this.clock.errors);
    const { pending, sessionsByState } = this.runtime.totals();
    const owned = { pending, sessionsByState, timers: this.clock.pending };
    const counts = [...Object.values(pending), ...Object.values(sessionsByState), this.clock.pending];
    if (counts.some((count) => count !== 0)) this.#script.fail('the stopped runtime still owns something', {}, owned);
  }

  async #stop(): Promise<void> {
    const stopped = this.runtime.stop();
    await nextTurn();
    this.clock.advance(lingerMs);
    for (const { server } of this.#talks) {
      if (server instanceof RestartableServer && server.isRunning) server.goesDown();
    }
    await stopped;
  }

  #open<TServer extends ScriptedServer | RestartableServer>(
    number: number,
    server: TServer,
    options: TalkOptions,
  ): Talk<TServer> {
    const client = new ScriptedClient(`client ${number}`, this.#script);
    const endedWith: EndReason[] = [];
    const opened = this.runtime.open({
      transportType: 'in-memory',
      ...options,
      onEnded: (reason) => {
        endedWith.push(reason);
        options.onEnded?.(reason);
      },
      client,
      server,
    });
    if ('refusal' in opened) this.#script.fail(`no session: ${opened.refusal.code}`);
    const { session } = opened;
    client.session = session.client;
    if (server instanceof ScriptedServer) server.session = session.server;
    const talk: Talk<TServer> = {
      client,
      server,
      session,
      endedWith,
      handshake: (handshake) => shakeHands(client, server, handshake),
      counts: (...names) => countsOf(session, names),
    };
    this.#talks.push(talk);
    return talk;
  }
}

function shakeHands(
  client: ScriptedClient,
  server: ScriptedServer | RestartableServer,
  { id = 0, protocolVersion = '2025-11-25', capabilities = {} }: Handshake = {},
): void {
  const [hello, welcome]: readonly Message[] = [
    initialize(id, protocolVersion),
    initializeResult(protocolVersion, capabilities),
  ] as const;
  client.sends(hello);
  server.receives(hello);
  server.answers(id, welcome);
  client.receivesResult(id, welcome);
  client.notifies('notifications/initialized');
  server.receivesNotification('notifications/initialized');
}

function countsOf(session: RuntimeSession, names: readonly CounterName[]): Partial<Record<CounterName, number>> {
  const { counts } = session.snapshot();
  if (names.length > 0) return Object.fromEntries(names.map((name) => [name, counts[name]]));
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));
}
