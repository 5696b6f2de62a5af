/**
 * The session runtime: opens sessions as actors under one supervisor, routes what happens to them, and ends them.
 * Everything it needs of the world is handed in; it starts no process and opens no socket.
 */

import { type Actor, createActor } from 'xstate';
import type { supervisorMachine } from '../../machines/supervisor.ts';
import { type Refusal, refusal } from '../errors.ts';
import { LocalError } from '../local-error.ts';
import type { AbortSignalLike, Clock, Ids, Log } from '../ports.ts';
import type { Direction } from '../protocol/envelope.ts';
import { type ReadLimits, defaultReadLimits } from '../protocol/read.ts';
import type { SessionEvent } from '../session/events.ts';
import type { Ledger, Limits, Times } from '../session/limits.ts';
import { Journal } from '../session/journal.ts';
import { RepeatedFrames } from '../session/repeated-frames.ts';
import { defaultProfile } from '../session/profiles.ts';
import type { Effect } from '../session/effects.ts';
import { type SessionRecord } from '../session/record.ts';
import { type SessionData, tagsOf } from '../session/session-data.ts';
import { snapshotOf } from '../session/snapshot.ts';
import type { TagSettings } from '../session/tag-settings.ts';
import { builtInTagRules, tagRulesMax } from '../session/tags.ts';
import { defaultRestartPolicy } from '../session/upstream.ts';
import { AbortSignals, refuseAborted } from './abort-signals.ts';
import { AlarmClock } from './alarm-clock.ts';
import type { NotTaken, OpenOptions, OpenResult, Runtime, RuntimeOptions, RuntimeSession, Sender } from './api.ts';
import { rememberBuffers } from './buffers-of.ts';
import { checkOpen, checkSessionId } from './checked-open.ts';
import { belongsTo, refuseForeign } from './foreign.ts';
import { type RuntimeAudit, auditRuntime } from './audit.ts';
import { GuardedLog } from './guarded-log.ts';
import { Handover, type Recollection } from './handover.ts';
import { indexScheduler } from './indexed-scheduler.ts';
import { InterceptorChain } from './interceptor-chain.ts';
import type { Observer } from './observation.ts';
import { Onlookers } from './onlookers.ts';
import type { Box } from './outbox.ts';
import { fastUtf8Check, nextTurn } from './platform.ts';
import { randomId } from './random-id.ts';
import { Registry, Slot, sessionsPerPrincipal } from './registry.ts';
import { requestSettled } from './request-settled.ts';
import { Router } from './router.ts';
import { ServerReports } from './server-reports.ts';
import { type HandleSurroundings, SessionHandle } from './session-handle.ts';
import { type HostSurroundings, SessionHost } from './session-host.ts';
import { sessionLogic } from './session-logic.ts';
import { Settings } from './settings.ts';
import { type RoutedEvent, supervisorLogic } from './supervisor-logic.ts';
import { type Defect, defectType } from './transactional.ts';
import { silentLog } from './silent-log.ts';
import { systemClock } from './system-clock.ts';
import { forgetOptions } from './spent-options.ts';
import { Totals, type TotalsSnapshot } from './totals.ts';
import type { Decision, Tracer } from './tracer.ts';
import { UnplacedLog } from './unplaced-log.ts';
import { Upstream, type UpstreamLogic, upstreamLogic } from './upstream-actor.ts';

/** Work on all sessions at once pauses after this long, so that frames of other sessions get their turn. */
const sliceMs = 2;

/** How long a slow reader has to take what is still written to it after its session ended. */
const defaultLingerMs = 5000;

/**
 * Creates a runtime: with nothing handed in, one on the time and the random ids of its platform, and with no log.
 *
 * ```ts
 * export const runtime = createRuntime({
 *   limits: { sessions: 200, sessionsPerPrincipalRatio: 0.1, pendingPerSession: 50 },
 *   times: { requestIdleMs: 30_000, requestAbsoluteMs: 600_000 },
 * });
 * ```
 * @throws LocalError INVALID_OPTION, which names the option and what is allowed; ABORTED.
 */
export function createRuntime(options: RuntimeOptions = {}): Runtime {
  return new SessionRuntime(options);
}

/**
 * The same under the eyes of a tracer, which sees the runtime's own records and events, and as a part of a whole with limits of
 * its own: for this package alone.
 */
export function createTracedRuntime(options: RuntimeOptions, tracer: Tracer | undefined, whole?: Ledger): Runtime {
  return new SessionRuntime(options, tracer, whole);
}

/** A session whosever it is, for those who manage all of them; undefined when there is none of this id, or it is over. */
export function sessionOfAnybody(runtime: Runtime, id: string): RuntimeSession | undefined {
  return runtime instanceof SessionRuntime ? runtime.sessionOfAnybody(id) : undefined;
}

class SessionRuntime implements Runtime {
  readonly #options: RuntimeOptions;
  readonly #ids: Ids;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #settings: Settings;
  readonly #alarms: AlarmClock;
  readonly #registry = new Registry();
  readonly #handover: Handover;
  readonly #totals = new Totals();
  readonly #unplacedLog: UnplacedLog;
  readonly #onlookers: Onlookers;
  readonly #supervisor: Actor<typeof supervisorMachine>;
  readonly #sessionLogic: ReturnType<typeof sessionLogic>;
  readonly #upstreamLogic: UpstreamLogic;
  readonly #router: Router;
  readonly #hostSurroundings: HostSurroundings;
  readonly #handleSurroundings: HandleSurroundings;
  readonly #signals = new AbortSignals();
  /** Of the sessions that somebody's signal can end: how to stop waiting for it. */
  readonly #watches = new Map<SessionHost, () => void>();
  /** Servers that are reached by the runtime itself, each with the session that it was made for, until they are gone. */
  readonly #upstreams = new Map<Upstream, string>();
  readonly #stopWatching: (() => void) | undefined;
  readonly #whenEmpty: (() => void)[] = [];

  constructor(options: RuntimeOptions, tracer?: Tracer, whole?: Ledger) {
    refuseAborted(options.signal, 'A runtime');
    this.#options = options;
    this.#ids = options.ids ?? { sessionId: randomId };
    this.#clock = options.clock ?? systemClock();
    this.#log = options.log === undefined ? silentLog : new GuardedLog(options.log);
    this.#unplacedLog = new UnplacedLog(this.#log);
    this.#onlookers = new Onlookers(tracer, this.#log);
    this.#handover = new Handover(this, {
      clock: this.#clock,
      registry: this.#registry,
      route: (id, event) => this.#route(id, event),
      open: (asked, recollection) => this.#open(asked, recollection),
    });
    this.#alarms = new AlarmClock({
      clock: this.#clock,
      log: this.#log,
      recordOf: (id) => this.#registry.get(id)?.record,
      send: (id, event) => this.#route(id, event),
    });
    requireTagRules(options);
    const surroundings = {
      alarms: this.#alarms,
      tagRules: [...builtInTagRules, ...(options.tagRules ?? [])],
      journal: new Journal(),
      handshakes: new RepeatedFrames(),
      checksInvariants: options.checksInvariants === true,
      occupancyChanged: (record: SessionData) => this.#registry.reorder(record as SessionRecord),
      learned: (record: SessionData) => this.#handover.learned(record),
    };
    this.#settings = new Settings(options.limits, options.times, surroundings, whole);
    this.#settings.setTagSettings(options.tagSettings);
    rememberBuffers(this, this.#settings.ledger.buffers);
    const logic = supervisorLogic({
      registry: this.#registry,
      left: (slot, error) => this.#left(slot, error),
      unplaced: (routed) => this.#unplaced(routed),
    });
    this.#supervisor = createActor(logic, { input: { sessions: this.#registry }, clock: this.#clock });
    indexScheduler(this.#supervisor.system, this.#clock);
    this.#supervisor.start();
    this.#sessionLogic = sessionLogic({
      clock: this.#clock,
      log: this.#log,
      hostOf: (record) => this.#registry.slotOf(record)?.host,
      decided: (record, event, decision, effects) => this.#decided(record, event, decision, effects),
    });
    this.#upstreamLogic = upstreamLogic({ clock: this.#clock, log: this.#log });
    this.#router = new Router({
      registry: this.#registry,
      takeInPlace: ({ record }, event) => this.#sessionLogic.takeInPlace(record, event),
      send: (routed) => this.#send(routed),
      defect: ({ ref }, error) => ref.send({ type: defectType, error } satisfies Defect as never),
    });
    this.#handleSurroundings = {
      clock: this.#clock,
      send: (id, event) => this.#route(id, event),
      refuse: (host, direction, message, from) => this.#refuse(host, direction, message, from),
    };
    this.#hostSurroundings = {
      readLimits: readLimitsWith(options.readLimits),
      chain: new InterceptorChain(options.interceptors ?? [], this.#clock),
      now: () => this.#clock.now(),
      route: (host, event) => this.#route(host.record.id, event, host),
      ended: (host) => this.#ended(host),
      restarting: (reason) => {
        this.#totals.restarts[reason]++;
      },
      linkThrew: (error) => this.#log.error({ error }, 'a link threw'),
      settled: (host, effect, effects) => {
        if (this.#onlookers.areTold)
          this.#onlookers.tell(requestSettled(host.record, this.#clock.now(), effect, effects));
      },
    };
    this.#stopWatching = options.signal && this.#signals.watch(options.signal, () => this.#inBackground(this.stop()));
  }

  get clock(): Clock {
    return this.#clock;
  }

  open(options: OpenOptions): OpenResult {
    return this.#open(options, undefined);
  }

  #open(options: OpenOptions, recollection: Recollection | undefined): OpenResult {
    refuseAborted(options.signal, 'A session');
    checkOpen(options);
    const now = this.#clock.now();
    if (!this.#supervisor.getSnapshot().hasTag('accepting'))
      return { refusal: refusal('DRAINING', { executed: 'no' }) };
    const id = this.#ids.sessionId();
    checkSessionId(id, (known) => this.#registry.get(known) !== undefined);
    const objection = this.#makeRoom(options.principal, now);
    if (objection !== undefined) return { refusal: objection };
    const ref = createActor(this.#sessionLogic, {
      parent: this.#supervisor,
      id,
      input: {
        id,
        openedAt: now,
        transportType: options.transportType,
        principal: options.principal,
        route: options.route,
        claims: options.claims,
        profile: options.profile ?? this.#options.profile ?? defaultProfile,
        hasExchanges: 'deliver' in options.client,
        idBase: 'connect' in options.server ? (options.server.idBase ?? 0) : 0,
        surroundings: this.#settings.surroundings(isConnection(options)),
      },
    });
    const { record } = ref.getSnapshot().context;
    const host = new SessionHost(record, options.client, this.#hostSurroundings);
    host.onEnded = options.onEnded;
    host.lingerMs = options.clientLingerMs ?? defaultLingerMs;
    this.#registry.add(new Slot(ref, host));
    if (options.signal !== undefined) this.#watch(host, options.signal);
    this.#totals.opened++;
    ref.start();
    forgetOptions(ref);
    this.#onlookers.opened(record);
    this.#onlookers.tell({ type: 'session-opened', sessionId: id, at: now });
    if (recollection !== undefined) this.#recall(id, recollection);
    this.#connect(host, options);
    return { session: new SessionHandle(host, this.#handleSurroundings) };
  }

  session(id: string, from: Sender = {}): RuntimeSession | undefined {
    const slot = this.#registry.get(id);
    if (slot === undefined || slot.record.hasEnded || !belongsTo(slot.record, from)) return undefined;
    return new SessionHandle(slot.host, this.#handleSurroundings);
  }

  sessionOfAnybody(id: string): RuntimeSession | undefined {
    const slot = this.#registry.get(id);
    return slot === undefined || slot.record.hasEnded
      ? undefined
      : new SessionHandle(slot.host, this.#handleSurroundings);
  }

  observe(observer: Observer): () => void {
    return this.#onlookers.add(observer);
  }

  *sessions(): IterableIterator<ReturnType<typeof snapshotOf>> {
    for (const slot of this.#registry.values()) yield snapshotOf(slot.record, this.#clock.now());
  }

  get limits(): Limits {
    return { ...this.#settings.limits };
  }

  totals(): TotalsSnapshot {
    return this.#totals.snapshot(this.#registry, this.#settings.ledger, this.#clock.now());
  }

  audit(): RuntimeAudit {
    return auditRuntime({
      now: this.#clock.now(),
      registry: this.#registry,
      ledger: this.#settings.ledger,
      alarms: this.#alarms,
      upstreams: this.#upstreams,
      watched: this.#watches.keys(),
    });
  }

  setLimits(limits: Partial<Limits>): void {
    this.#settings.setLimits(limits);
    this.#resettled();
  }

  setTimes(times: Partial<Times>): void {
    this.#settings.setTimes(times);
    this.#resettled();
    if (times.sessionIdleMs === undefined && times.sessionAgeMs === undefined) return;
    // An alarm that was set for later than it is due now would ring too late.
    this.#inBackground(this.#forEach((id) => this.#route(id, { type: 'session.ticked', at: this.#clock.now() })));
  }

  setTagSettings(settings: TagSettings): void {
    this.#settings.setTagSettings(settings);
    this.#surroundAll();
  }

  async drain(): Promise<void> {
    this.#supervisor.send({ type: 'supervisor.drain' });
    await this.#forEach((id) => this.#route(id, { type: 'session.drain', at: this.#clock.now() }));
    await this.#empty();
    this.#stopWatching?.();
  }

  async stop(): Promise<void> {
    this.#stopWatching?.();
    this.#supervisor.send({ type: 'supervisor.drain' });
    await this.#forEach((id) =>
      this.#route(id, { type: 'session.close', at: this.#clock.now(), reason: 'closed-by-operator' }),
    );
    await this.#empty();
    this.#alarms.stop();
  }

  #watch(host: SessionHost, signal: AbortSignalLike): void {
    const { id } = host.record;
    const close = (): void =>
      this.#route(id, { type: 'session.close', at: this.#clock.now(), reason: 'closed-by-operator' });
    this.#watches.set(host, this.#signals.watch(signal, close));
  }

  #recall(id: string, { facts, labels }: Recollection): void {
    const at = this.#clock.now();
    this.#route(id, { type: 'session.reopened', at, facts });
    for (const label of labels) this.#route(id, { type: 'session.labelled', at, label, isSet: true });
  }

  #connect(host: SessionHost, options: OpenOptions): void {
    const { id } = host.record;
    const { server } = options;
    if (!('connect' in server)) {
      host.attachServer(server);
      this.#route(id, { type: 'upstream.ready', at: this.#clock.now() });
      return;
    }
    const upstream = new Upstream({
      id: `upstream:${id}`,
      parent: this.#supervisor,
      logic: this.#upstreamLogic,
      connector: server,
      policy: options.restart ?? defaultRestartPolicy,
      clock: this.#clock,
      log: this.#log,
      reports: new ServerReports(host, this.#hostSurroundings, (departure) => {
        this.#upstreams.delete(upstream);
        this.#onlookers.call(() => options.onServerStopped?.(departure));
      }),
    });
    host.upstream = upstream;
    this.#upstreams.set(upstream, id);
    upstream.start();
  }

  /**
   * Makes room for one more session, by parting with one where that helps, or says which limit is reached. A principal
   * that holds its share is refused without anybody having to go.
   */
  #makeRoom(principal: string | undefined, now: number): Refusal | undefined {
    const { limits, times } = this.#settings;
    if (this.#registry.admission(principal, limits) === 'too-many-for-principal') {
      return tooManySessions('principal', this.#registry.countOf(principal!), sessionsPerPrincipal(limits));
    }
    if (this.#registry.size < limits.sessions) return undefined;
    const slot = this.#registry.evictable(now, times.halfOpenMs);
    if (slot !== undefined) {
      this.#route(slot.record.id, { type: 'session.close', at: now, reason: 'evicted' });
      if (this.#registry.size < limits.sessions) return undefined;
    }
    return tooManySessions('total', this.#registry.size, limits.sessions);
  }

  #route(sessionId: string, event: SessionEvent, host?: SessionHost): void {
    this.#router.route(sessionId, event, host);
  }

  #send(routed: RoutedEvent): void {
    // A supervisor that has stopped takes nothing; XState would drop the event without a word.
    if (this.#supervisor.getSnapshot().status === 'active') this.#supervisor.send(routed as never);
    else this.#unplaced(routed);
  }

  #unplaced({ sessionId, event, host }: RoutedEvent): void {
    this.#totals.unplaced++;
    this.#unplacedLog.note(sessionId, event);
    this.#onlookers.unplaced({ type: 'ended', sessionId, at: this.#clock.now(), event });
    host?.unplaced(event);
  }

  #refuse({ record }: SessionHost, direction: Direction, message: Uint8Array, from: Sender): NotTaken {
    this.#totals.foreign++;
    this.#unplacedLog.noteForeign(record.id, direction, message.length, from);
    const { id: sessionId } = record;
    this.#onlookers.unplaced({ type: 'foreign', sessionId, at: this.#clock.now(), direction, bytes: message.length });
    return refuseForeign(message, this.#hostSurroundings.readLimits);
  }

  #ended(host: SessionHost): void {
    const reason = host.record.endReason ?? 'internal-error';
    if (host.upstream === undefined) this.#finish(host.toServer, reason, defaultLingerMs);
    else {
      host.upstream.stop(this.#handover.leavesServer(host.record));
      host.detachServer();
    }
    if (host.record.isClientGone) host.toClient.abandon(reason);
    else this.#finish(host.toClient, reason, host.lingerMs);
  }

  /** A slow reader is given a while for what is still to be written. */
  #finish(box: Box, reason: string, lingerMs: number): void {
    box.finish(reason);
    if (box.bytes > 0 && lingerMs < Infinity) this.#clock.setTimeout(() => box.abandon(reason), lingerMs);
  }

  /** The actor is over. One that died of a defect has not settled what it owned: that is done here. */
  #left({ host, record }: Slot, error: unknown): void {
    if (error !== undefined) {
      this.#log.error({ session: record.id, error }, 'a session died of a defect; its requests are refused');
      host.reap();
      this.#ended(host);
    }
    this.#totals.retire(record);
    this.#onlookers.ended(record);
    host.left();
    this.#watches.get(host)?.();
    this.#watches.delete(host);
    const reason = record.endReason ?? 'internal-error';
    if (this.#onlookers.areTold) {
      const at = this.#clock.now();
      const snapshot = snapshotOf(record, at);
      this.#onlookers.tell({
        type: 'session-ended',
        sessionId: record.id,
        at,
        reason,
        status: snapshot.status,
        snapshot,
      });
    }
    this.#onlookers.call(() => host.onEnded?.(reason));
    if (this.#registry.size > 0) return;
    for (const resolve of this.#whenEmpty.splice(0)) resolve();
  }

  #decided(record: SessionRecord, event: SessionEvent, decision: Decision, effects: readonly Effect[]): void {
    const shown = this.#registry.slotOf(record)?.host.shown;
    this.#onlookers.decided(record, event, decision, shown?.state ?? record.state, effects);
    if (decision === 'rolled-back') this.#totals.rolledBack++;
    else if (shown !== undefined && decision === 'committed') this.#show(record, shown);
  }

  /** Observers hear of what is otherwise than they were told last. */
  #show(record: SessionRecord, shown: SessionHost['shown']): void {
    const hasOtherTags = shown.tagBits !== record.tagBits || shown.labelChanges !== record.labelChanges;
    if (shown.state === record.state && !hasOtherTags) return;
    const at = this.#clock.now();
    if (shown.state === 'initializing' && record.state !== 'initializing') this.#registry.reorder(record);
    if (shown.state !== record.state) {
      const { id: sessionId, state: to, route } = record;
      this.#onlookers.tell({
        type: 'state-changed',
        sessionId,
        at,
        from: shown.state,
        to,
        dwellMs: at - shown.since,
        route,
      });
      shown.since = at;
    }
    if (hasOtherTags) {
      if (this.#settings.hasTags) this.#surround(record);
      this.#onlookers.tell({ type: 'tags-changed', sessionId: record.id, at, tags: tagsOf(record) });
    }
    shown.state = record.state;
    shown.tagBits = record.tagBits;
    shown.labelChanges = record.labelChanges;
  }

  /** Gives a session the limits and times that its tags want, from its next event on. */
  #surround(record: SessionRecord): void {
    const before = record.surroundings.times;
    record.surroundings = this.#settings.surroundingsOf(isConnection(record), tagsOf(record));
    const { sessionIdleMs, sessionAgeMs } = record.surroundings.times;
    const endsSooner = sessionIdleMs < before.sessionIdleMs || sessionAgeMs < before.sessionAgeMs;
    // The alarm was set for later than it may be due now: looked at at once, it is set anew.
    if (endsSooner && !record.hasEnded) this.#alarms.set(record.alarm, this.#clock.now());
  }

  #resettled(): void {
    if (this.#settings.hasTags) this.#surroundAll();
    this.#onlookers.resettled(this.#clock.now());
  }

  #surroundAll(): void {
    for (const { record } of this.#registry.values()) this.#surround(record);
  }

  /** Work that nobody waits for. */
  #inBackground(work: Promise<void>): void {
    work.catch((error: unknown) => this.#log.error({ error }, 'work on all sessions failed'));
  }

  /** Does something to every session that is open now, in slices. */
  async #forEach(act: (id: string) => void): Promise<void> {
    const ids = [...this.#registry.values()].map((slot) => slot.record.id);
    let sliceStart = this.#clock.now();
    for (const id of ids) {
      if (this.#registry.get(id) !== undefined) act(id);
      if (this.#clock.now() - sliceStart < sliceMs) continue;
      await nextTurn();
      sliceStart = this.#clock.now();
    }
  }

  #empty(): Promise<void> {
    return this.#registry.size === 0 ? Promise.resolve() : new Promise((resolve) => this.#whenEmpty.push(resolve));
  }
}

function readLimitsWith(asked: Partial<ReadLimits> | undefined): ReadLimits {
  const isUtf8 = fastUtf8Check();
  return { ...defaultReadLimits, ...(isUtf8 && { isUtf8 }), ...asked };
}

/** Sessions of these transports end with their connection. */
function isConnection({ transportType }: Pick<OpenOptions, 'transportType'>): boolean {
  return transportType === 'stdio' || transportType === 'websocket' || transportType === 'in-memory';
}

function tooManySessions(scope: 'total' | 'principal', current: number, limit: number): Refusal {
  return refusal('TOO_MANY_SESSIONS', { scope, current, limit, retryAfterMs: 1000 });
}

function requireTagRules({ tagRules = [] }: RuntimeOptions): void {
  const room = tagRulesMax - builtInTagRules.length;
  if (tagRules.length <= room) return;
  throw new LocalError('INVALID_OPTION', `tagRules has ${tagRules.length} rules; allowed are ${room} of your own.`);
}
