/**
 * The rules that are in force, as the runtime asks for them: which version each session has, what happens on a reload, and
 * what people have set in front of them. A session keeps its version until nothing in it waits for an answer, so that a request and
 * its answer meet the same rules.
 */

import type { Clock, Log } from '../ports.ts';
import type { Runtime } from '../runtime/api.ts';
import type { Observation } from '../runtime/observation.ts';
import type { InterceptContext, Interceptor, InterceptorSource } from '../session/interception.ts';
import { Breakpoints } from './breakpoints.ts';
import { BoundedPauseDesk, type PauseLimits, defaultPauseLimits } from './pause-desk.ts';
import { DryRun } from './dry-run.ts';
import { LiveDryRun } from './live-dry-run.ts';
import { Reached } from './reached.ts';
import type { Rule } from './rule-file.ts';
import { RulesInterceptor } from './rules-interceptor.ts';

/** Rules and the interceptors of plugins, as one file has them. */
export interface RuleSet {
  /** In the order in which they are asked. */
  readonly rules: readonly Rule[];
  /** Asked after the rules. */
  readonly plugins: readonly Interceptor[];
}

export interface RuleEngineOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly limits?: PauseLimits;
}

interface Version {
  readonly breakpoints: readonly Rule[];
  readonly interceptors: readonly Interceptor[];
  /** The same, after what people have set at present; made when a frame first asks for it. */
  all: { readonly first: readonly Interceptor[]; readonly interceptors: readonly Interceptor[] } | undefined;
}

/** Where sessions are, as far as they are heard of here. */
type Watched = Pick<Runtime, 'observe'>;

/** How long a session in which something always waits, such as a stream that it listens to, may keep an old version. */
export const oldVersionMsMax = 60_000;

/** Of a process that has no rule file. */
export const noRules: RuleSet = { rules: [], plugins: [] };

export class RuleEngine implements InterceptorSource {
  /** Frames that wait for somebody to decide. */
  readonly desk: BoundedPauseDesk;
  /** What people have set, in front of the rules. */
  readonly breakpoints: Breakpoints;
  /** The one dry run that people start and end. */
  readonly liveDryRun: LiveDryRun;
  readonly #clock: Clock;
  readonly #log: Log;
  #replacedAt = 0;
  #ruleSet: RuleSet;
  #current: Version;
  /** No rule file has been heard of: sessions have no versions to keep. */
  #isWithoutRules: boolean;
  /** Of each session that has been heard of; forgotten with it. */
  readonly #versions = new Map<string, Version>();
  /** Breakpoints of the rule file that sessions have come to. */
  readonly #reached = new Reached();
  readonly #dryRuns = new Set<DryRun>();
  /** Asked before any rule, by every session at once. */
  #first: readonly Interceptor[] = [];
  /** What is watched, and how to stop that where it has begun. */
  readonly #watched = new Map<Watched, (() => void) | undefined>();

  constructor(ruleSet: RuleSet, { clock, log, limits = defaultPauseLimits }: RuleEngineOptions) {
    this.desk = new BoundedPauseDesk(clock, limits);
    this.breakpoints = new Breakpoints({ desk: this.desk, clock, log, onChange: () => this.#firstChanged() });
    this.liveDryRun = new LiveDryRun((rules) => this.dryRun({ rules }), clock);
    this.#clock = clock;
    this.#log = log;
    this.#ruleSet = ruleSet;
    this.#isWithoutRules = ruleSet === noRules;
    this.#current = this.#versionOf(ruleSet);
    this.desk.observe(() => this.#listen());
  }

  get ruleSet(): RuleSet {
    return this.#ruleSet;
  }

  get isEmpty(): boolean {
    return this.#isWithoutRules && this.#first.length === 0;
  }

  /** Takes effect for each session as soon as nothing in it waits for an answer, or after a minute; for new ones at once. */
  replace(ruleSet: RuleSet): void {
    this.#ruleSet = ruleSet;
    this.#isWithoutRules = false;
    this.#current = this.#versionOf(ruleSet);
    this.#replacedAt = this.#clock.now();
    for (const dryRun of this.#dryRuns) dryRun.compareWith(ruleSet.rules);
    this.#listen();
  }

  interceptorsFor(frame: InterceptContext): readonly Interceptor[] {
    const version = this.#versionFor(frame);
    const first = this.#first;
    if (first.length === 0) return version.interceptors;
    if (version.all?.first !== first) version.all = { first, interceptors: [...first, ...version.interceptors] };
    return version.all.interceptors;
  }

  #versionFor({ sessionId, metadata }: InterceptContext): Version {
    if (this.#isWithoutRules) return this.#current;
    const version = this.#versions.get(sessionId);
    if (version === this.#current) return version;
    if (version !== undefined) {
      const mayKeep = metadata.pending_count > 0 && this.#clock.now() - this.#replacedAt < oldVersionMsMax;
      if (mayKeep) return version;
    }
    this.#versions.set(sessionId, this.#current);
    return this.#current;
  }

  /** Asks other rules about every frame besides, without doing what they say, until it is stopped. */
  dryRun(next: Pick<RuleSet, 'rules'>): DryRun {
    const dryRun = new DryRun(this.#ruleSet.rules, next.rules, () => {
      this.#dryRuns.delete(dryRun);
      this.#firstChanged();
    });
    this.#dryRuns.add(dryRun);
    this.#firstChanged();
    return dryRun;
  }

  /**
   * Hears what sessions come to, and what is over, while there is anything to hear it for. Returns how to stop that. What
   * nobody listens to costs a runtime nothing.
   */
  watch(runtime: Watched): () => void {
    this.#watched.set(runtime, undefined);
    this.#listen();
    return () => {
      this.#watched.get(runtime)?.();
      this.#watched.delete(runtime);
    };
  }

  #listen(): void {
    const mayRest = this.isEmpty && this.desk.isEmpty;
    for (const [runtime, stop] of this.#watched) {
      if (mayRest) stop?.();
      this.#watched.set(runtime, mayRest ? undefined : (stop ?? runtime.observe(this.#observer)));
    }
  }

  readonly #observer = (observation: Observation): void => {
    const { sessionId } = observation;
    switch (observation.type) {
      case 'session-opened':
        if (!this.#isWithoutRules) this.#versions.set(sessionId, this.#current);
        return;
      case 'state-changed': {
        const { from, to } = observation;
        const { breakpoints } = this.#versions.get(sessionId) ?? this.#current;
        if (breakpoints.length > 0) this.#reached.reach(breakpoints, sessionId, from, to);
        this.breakpoints.stateChanged(sessionId, from, to);
        return;
      }
      case 'request-settled':
        this.desk.requestEnded(sessionId, observation.direction, observation.id);
        return;
      case 'session-ended':
        this.#versions.delete(sessionId);
        this.#reached.forget(sessionId);
        this.breakpoints.sessionEnded(sessionId);
        this.desk.sessionEnded(sessionId);
        return;
      case 'tags-changed':
    }
  };

  /** A new list, by which each version sees that its own is out of date. */
  #firstChanged(): void {
    const { interceptor } = this.breakpoints;
    this.#first = [...this.#dryRuns, ...(interceptor === undefined ? [] : [interceptor])];
    this.#listen();
  }

  #versionOf({ rules, plugins }: RuleSet): Version {
    const breakpoints = rules.filter(({ breakpoint }) => breakpoint !== undefined);
    const surroundings = {
      desk: this.desk,
      log: this.#log,
      ...(breakpoints.length === 0 ? {} : { breakpointsOf: (id: string) => this.#reached.take(id) }),
    };
    const own = rules.length === 0 ? [] : [new RulesInterceptor(rules, surroundings)];
    return { breakpoints, interceptors: [...own, ...plugins], all: undefined };
  }
}
