/**
 * One session's upstream as an actor: the chart decides when to connect, restart and stop; this file connects, and reports
 * to the session. Late reports of a connection that is over are ignored.
 */

import { type Actor, type AnyActorRef, createActor } from 'xstate';
import { type UpstreamTag, upstreamMachine } from '../../machines/upstream.ts';
import type { Clock, Delivery, DeliveryFailure, Log, PeerEvents, UpstreamConnector, UpstreamLink } from '../ports.ts';
import type { Loss } from '../session/events.ts';
import type { PendingEntry } from '../session/pending.ts';
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

  stop(): void {
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
      case 'connect':
        this.#connect();
        return;
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
      this.#link?.close('the session ended');
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
    const { clock, connector, reports } = this.#options;
    const isCurrent = (): boolean => life === this.#life;
    // A connector may report `ready` before it returns the link; the report waits for the link.
    let isReady = false;
    const link = connector.connect({
      ready: () => {
        isReady = true;
        if (this.#link !== undefined && isCurrent()) this.#ref.send({ type: 'connection.ready', at: clock.now() });
      },
      message: (bytes, via) => {
        if (isCurrent()) reports.message(bytes, via);
      },
      value: (message, aside, related) => {
        if (isCurrent()) reports.value(message, aside, related);
      },
      unreadable: (fault, bytes, via) => {
        if (isCurrent()) reports.unreadable(fault, bytes, via);
      },
      failed: (about, failure) => {
        if (isCurrent()) reports.failed(about, failure);
      },
      parted: (request) => {
        if (isCurrent()) reports.parted(request);
      },
      drained: () => {
        if (isCurrent()) reports.drained();
      },
      leaving: (departure) => {
        if (isCurrent()) this.#ref.send({ type: 'connection.leaving', at: clock.now(), departure });
      },
      lost: (departure) => {
        if (!isCurrent()) return;
        this.#link = undefined;
        this.#life++;
        this.#ref.send({ type: 'connection.lost', at: clock.now(), departure });
      },
    });
    if (!isCurrent()) return;
    this.#link = link;
    if (isReady) this.#ref.send({ type: 'connection.ready', at: clock.now() });
  }
}
