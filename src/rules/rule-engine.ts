/**
 * The rules that are in force, as the runtime asks for them: which version each session has, what happens on a reload, and
 * where breakpoints were reached. A session keeps its version until nothing in it waits for an answer, so that a request and
 * its answer meet the same rules.
 */

import type { Clock, Log } from '../ports.ts';
import type { Observation } from '../runtime/observation.ts';
import type { InterceptContext, Interceptor, InterceptorSource } from '../session/interception.ts';
import { BoundedPauseDesk, type PauseLimits, defaultPauseLimits } from './pause-desk.ts';
import { DryRun } from './dry-run.ts';
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
}

/** How long a session in which something always waits, such as a stream that it listens to, may keep an old version. */
export const oldVersionMsMax = 60_000;

const noRules: readonly Rule[] = [];

export class RuleEngine implements InterceptorSource {
  /** Frames that wait for somebody to decide. */
  readonly desk: BoundedPauseDesk;
  readonly #clock: Clock;
  readonly #log: Log;
  #replacedAt = 0;
  #ruleSet: RuleSet;
  #current: Version;
  /** Of each session that has been heard of; forgotten with it. */
  readonly #versions = new Map<string, Version>();
  /** Breakpoints that sessions have come to. */
  readonly #reached = new Map<string, readonly Rule[]>();
  readonly #dryRuns = new Set<DryRun>();

  constructor(ruleSet: RuleSet, { clock, log, limits = defaultPauseLimits }: RuleEngineOptions) {
    this.desk = new BoundedPauseDesk(clock, limits);
    this.#clock = clock;
    this.#log = log;
    this.#ruleSet = ruleSet;
    this.#current = this.#versionOf(ruleSet);
  }

  get ruleSet(): RuleSet {
    return this.#ruleSet;
  }

  /** Takes effect for each session as soon as nothing in it waits for an answer, or after a minute; for new ones at once. */
  replace(ruleSet: RuleSet): void {
    this.#ruleSet = ruleSet;
    this.#current = this.#versionOf(ruleSet);
    this.#replacedAt = this.#clock.now();
  }

  interceptorsFor(frame: InterceptContext): readonly Interceptor[] {
    const { sessionId } = frame;
    const version = this.#versions.get(sessionId);
    if (version === this.#current) return version.interceptors;
    const mayKeep = frame.metadata.pending_count > 0 && this.#clock.now() - this.#replacedAt < oldVersionMsMax;
    if (version !== undefined && mayKeep) return version.interceptors;
    this.#versions.set(sessionId, this.#current);
    return this.#current.interceptors;
  }

  /** Asks other rules about every frame besides, without doing what they say, until it is stopped. */
  dryRun(next: RuleSet): DryRun {
    const dryRun = new DryRun(this.#ruleSet.rules, next.rules, () => {
      this.#dryRuns.delete(dryRun);
      this.#current = this.#versionOf(this.#ruleSet);
    });
    this.#dryRuns.add(dryRun);
    this.#current = this.#versionOf(this.#ruleSet);
    return dryRun;
  }

  /** For `Runtime.observe`: what sessions have come to, and what is over. */
  readonly observer = (observation: Observation): void => {
    const { sessionId } = observation;
    switch (observation.type) {
      case 'session-opened':
        this.#versions.set(sessionId, this.#current);
        return;
      case 'state-changed':
        this.#reach(sessionId, observation.from, observation.to);
        return;
      case 'request-settled':
        this.desk.requestEnded(sessionId, observation.direction, observation.id);
        return;
      case 'session-ended':
        this.#versions.delete(sessionId);
        this.#reached.delete(sessionId);
        this.desk.sessionEnded(sessionId);
        return;
      case 'tags-changed':
    }
  };

  #versionOf({ rules, plugins }: RuleSet): Version {
    const breakpoints = rules.filter(({ breakpoint }) => breakpoint !== undefined);
    const surroundings = {
      desk: this.desk,
      log: this.#log,
      ...(breakpoints.length === 0 ? {} : { breakpointsOf: (id: string) => this.#takeReached(id) }),
    };
    const own = rules.length === 0 ? [] : [new RulesInterceptor(rules, surroundings)];
    return { breakpoints, interceptors: [...this.#dryRuns, ...own, ...plugins] };
  }

  #reach(sessionId: string, from: string, to: string): void {
    const { breakpoints } = this.#versions.get(sessionId) ?? this.#current;
    const hits = breakpoints.filter(({ breakpoint }) => fits(breakpoint?.from, from) && fits(breakpoint?.to, to));
    if (hits.length > 0) this.#reached.set(sessionId, hits);
  }

  #takeReached(sessionId: string): readonly Rule[] {
    const reached = this.#reached.get(sessionId);
    if (reached === undefined) return noRules;
    this.#reached.delete(sessionId);
    return reached;
  }
}

/** `active` is both of its parts. */
function fits(wanted: string | undefined, state: string): boolean {
  return wanted === undefined || wanted === state || state.startsWith(`${wanted}.`);
}
