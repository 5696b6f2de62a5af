/**
 * One session's upstream as an actor: the chart decides when to connect, restart and stop; this file connects, and reports
 * to the session. Late reports of a connection that is over are ignored.
 */

import { type Actor, type AnyActorRef, createActor } from 'xstate';
import { type UpstreamTag, upstreamMachine } from '../../machines/upstream.ts';
import type {
  Clock,
  Delivery,
  DeliveryFailure,
  Log,
  PeerEvents,
  UpstreamConnector,
  UpstreamEvents,
  UpstreamLink,
} from '../ports.ts';
import type { RequestId } from '../protocol/envelope.ts';
import type { ReadFault } from '../protocol/faults.ts';
import type { Loss, LossReason } from '../session/events.ts';
import type { PendingEntry, Via } from '../session/pending.ts';
import type {
  Departure,
  RestartPolicy,
  UpstreamEffect,
  UpstreamEvent,
  UpstreamRecord,
  UpstreamState,
} from '../session/upstream.ts';
import { forgetOptions } from './spent-options.ts';
import { type Transactional, transactional } from './transactional.ts';

/** What the upstream tells its session. */
export interface UpstreamReports extends Required<PeerEvents> {
  connected(link: UpstreamLink): void;
  lost(loss: Loss): void;
  /** It is begun again, after it went away like this. */
  restarting(reason: LossReason): void;
  failed(about: Delivery, failure: DeliveryFailure): void;
  parted(request: PendingEntry): void;
  /** The upstream is over for good, and nothing of it is left. */
  stopped(departure: Departure | undefined): void;
}

export type UpstreamLogic = Transactional<typeof upstreamMachine, UpstreamRecord, UpstreamEvent>;

export interface UpstreamOptions {
  readonly id: string;
  readonly parent: AnyActorRef;
  /** Of `upstreamLogic`. */
  readonly logic: UpstreamLogic;
  readonly connector: UpstreamConnector;
  readonly policy: RestartPolicy;
  readonly clock: Clock;
  readonly log: Log;
  readonly reports: UpstreamReports;
}

/** How upstreams decide: one for all of a process, since what is compiled of a chart holds for each of its actors. */
export function upstreamLogic({ clock, log }: { readonly clock: Clock; readonly log: Log }): UpstreamLogic {
  return transactional<typeof upstreamMachine, UpstreamRecord, UpstreamEvent, UpstreamState, UpstreamEffect>(
    upstreamMachine,
    {
      now: () => clock.now(),
      stateOf: (snapshot) => snapshot.value as UpstreamState,
      isOwnWork: () => true,
      perform: (record, effects) => {
        for (const effect of effects) keeperOf(record).perform(effect);
      },
      committed: (record, { type }) => {
        if (log.traces) log.trace({ upstream: keeperOf(record).id, event: type }, 'upstream decided');
      },
      rolledBack: (record, { type }, error) => {
        log.error({ upstream: keeperOf(record).id, event: type, error }, 'upstream event failed');
      },
      unexpected: (record, { type }) => {
        log.debug({ upstream: keeperOf(record).id, event: type }, 'upstream event came too late');
      },
    },
  );
}

function keeperOf(record: UpstreamRecord): Upstream {
  return record.keeper as Upstream;
}

export class Upstream {
  readonly #options: UpstreamOptions;
  readonly #ref: Actor<typeof upstreamMachine>;
  #link: UpstreamLink | undefined;
  /** Counts connections, so that a report says which one it is about. */
  #life = 0;
  #leavesServer = false;
  #heritage: unknown = undefined;
  /** When it was told to go, on the runtime's clock; undefined before that. */
  stopAskedAt: number | undefined = undefined;

  constructor(options: UpstreamOptions) {
    this.#options = options;
    const { logic, parent, id, policy } = options;
    this.#ref = createActor(logic, { parent, id, input: { policy } });
    this.#ref.getSnapshot().context.record.keeper = this;
  }

  start(): void {
    this.#ref.start();
    forgetOptions(this.#ref);
    this.#ref.send({ type: 'upstream.start', at: this.#options.clock.now() });
  }

  /** The process of its server, where that was started here and is connected. */
  get pid(): number | undefined {
    return this.#link?.pid;
  }

  /** @param leavesServer the server is not told that its session is over: another process goes on with it. */
  stop(leavesServer: boolean): void {
    this.#leavesServer = leavesServer;
    this.stopAskedAt ??= this.#options.clock.now();
    this.#ref.send({ type: 'upstream.stop', at: this.#options.clock.now() });
  }

  /** Ends the server now, as if it had died: whether it is started again, its chart decides. */
  kill(): void {
    if (this.#link?.kill === undefined) this.#link?.close('it was ended on purpose');
    else this.#link.kill();
  }

  hasTag(tag: UpstreamTag): boolean {
    return this.#ref.getSnapshot().hasTag(tag);
  }

  /** For names in the log. */
  get id(): string {
    return this.#options.id;
  }

  /** Does what the chart has decided. */
  perform(effect: UpstreamEffect): void {
    const { reports } = this.#options;
    switch (effect.type) {
      case 'connect': {
        const { lastDeparture } = this.#ref.getSnapshot().context.record;
        if (lastDeparture !== undefined) reports.restarting(lastDeparture.reason);
        this.#connect();
        return;
      }
      case 'disconnect':
        this.#disconnect();
        return;
      case 'announce-ready':
        reports.connected(this.#link!);
        return;
      case 'announce-lost':
        reports.lost(effect.loss);
        return;
      case 'announce-stopped':
        reports.stopped(effect.departure);
    }
  }

  /** A link that throws does not keep its session from ending; that it is gone is still for it to say. */
  #disconnect(): void {
    try {
      if (this.#leavesServer && this.#link?.leave !== undefined) this.#link.leave();
      else this.#link?.close('the session ended');
    } catch (error) {
      this.#options.log.error({ upstream: this.#options.id, error }, 'a link threw');
    }
  }

  /** A connector that throws has not connected, and says so as one does whose server cannot be reached. */
  #connect(): void {
    const { clock, log, id } = this.#options;
    const life = this.#life + 1;
    try {
      this.#connectOnce();
    } catch (error) {
      log.error({ upstream: id, error }, 'a connector threw');
      if (life !== this.#life) return;
      this.#life++;
      const detail = error instanceof Error ? error.message : 'its connector threw';
      const departure = { reason: 'unreachable', exitCode: null, signal: null, lastStderr: [], detail } as const;
      this.#ref.send({ type: 'connection.lost', at: clock.now(), departure });
    }
  }

  #connectOnce(): void {
    const life = ++this.#life;
    // A connector may report `ready` before it returns the link; the report waits for the link.
    const events = new Life(this, life);
    const link = this.#options.connector.connect(events, this.#heritage);
    if (!this.isIn(life)) return;
    this.#link = link;
    if (events.isReady) this.#ref.send({ type: 'connection.ready', at: this.#options.clock.now() });
  }

  /** The connection with this number is the one that there is. */
  isIn(life: number): boolean {
    return life === this.#life;
  }

  get reports(): UpstreamReports {
    return this.#options.reports;
  }

  /** Of the connection that there is. */
  ready(): void {
    if (this.#link !== undefined) this.#ref.send({ type: 'connection.ready', at: this.#options.clock.now() });
  }

  leaving(departure: Departure): void {
    this.#ref.send({ type: 'connection.leaving', at: this.#options.clock.now(), departure });
  }

  lost(departure: Departure): void {
    this.#heritage = this.#link?.heritage;
    this.#link = undefined;
    this.#life++;
    this.#ref.send({ type: 'connection.lost', at: this.#options.clock.now(), departure });
  }
}

/** One connection's reports, which count as long as it is the one that there is. */
class Life implements UpstreamEvents {
  isReady = false;
  readonly #upstream: Upstream;
  readonly #life: number;

  constructor(upstream: Upstream, life: number) {
    this.#upstream = upstream;
    this.#life = life;
  }

  get #isOver(): boolean {
    return !this.#upstream.isIn(this.#life);
  }

  ready(): void {
    this.isReady = true;
    if (!this.#isOver) this.#upstream.ready();
  }

  message(bytes: Uint8Array, via?: Via): void {
    if (!this.#isOver) this.#upstream.reports.message(bytes, via);
  }

  value(message: unknown, aside?: unknown, related?: RequestId): void {
    if (!this.#isOver) this.#upstream.reports.value(message, aside, related);
  }

  unreadable(fault: ReadFault, bytes: number, via?: Via): void {
    if (!this.#isOver) this.#upstream.reports.unreadable(fault, bytes, via);
  }

  failed(about: Delivery, failure: DeliveryFailure): void {
    if (!this.#isOver) this.#upstream.reports.failed(about, failure);
  }

  parted(request: PendingEntry): void {
    if (!this.#isOver) this.#upstream.reports.parted(request);
  }

  drained(): void {
    if (!this.#isOver) this.#upstream.reports.drained();
  }

  leaving(departure: Departure): void {
    if (!this.#isOver) this.#upstream.leaving(departure);
  }

  lost(departure: Departure): void {
    if (!this.#isOver) this.#upstream.lost(departure);
  }
}
