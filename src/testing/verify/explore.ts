/**
 * Plays one play after the other against a target, and finds for each law the shortest conversation that breaks it. A law that was
 * broken is set aside and the others are looked for, so that one run tells all. What was seen once and never again is not counted:
 * nobody could look into it.
 */

import type fc from 'fast-check';
import { judge, laws } from '../laws/laws.ts';
import type { Law, Violation } from '../laws/law.ts';
import { isAbout } from '../laws/verdict.ts';
import { type PlayedRequest, arbitraryPlay } from '../play/arbitrary.ts';
import type { History } from '../play/history.ts';
import { firstShown, shortestShown } from '../play/looking.ts';
import { type PerformOptions, perform } from '../play/perform.ts';
import type { Play } from '../play/step.ts';
import type { Target } from '../play/target.ts';
import type { Counterexample, Findings, LawFinding } from '../report/finding.ts';

export interface ExploreLimits {
  /** Plays, those for shortening not counted. */
  readonly runs: number;
  readonly timeMsMax: number;
  /** Steps of a play. */
  readonly lengthMax: number;
  /** Requests of clients, all plays together. */
  readonly callsMax: number;
  /** Requests of clients in a second, on the average. */
  readonly callsPerSecondMax: number;
  /** A counterexample is shortened for so long. */
  readonly shrinkMsMax: number;
}

export const usualExploreLimits: ExploreLimits = {
  runs: 50,
  timeMsMax: 120_000,
  lengthMax: 24,
  callsMax: 10_000,
  callsPerSecondMax: Infinity,
  shrinkMsMax: 25_000,
};

export interface ExploreOptions {
  readonly target: Target;
  /** The same, waiting longer for answers: nobody is accused because of a slow machine. */
  readonly patient?: Target;
  readonly seed: number;
  /** Plays the one play again that has this path under the seed. */
  readonly path?: string;
  readonly limits?: Partial<ExploreLimits>;
  /** What clients ask for. */
  readonly requests?: fc.Arbitrary<PlayedRequest>;
  /** Ids of laws that are known to be broken. */
  readonly known?: ReadonlySet<string>;
  readonly performing?: PerformOptions;
  readonly onProgress?: (progress: Progress) => void;
  /** Aborting it ends the run after the present play. */
  readonly signal?: AbortSignal;
}

export interface Progress {
  readonly runs: number;
  readonly isShrinking: boolean;
  readonly findings: Findings;
}

/** A real thing shows some defects only now and then: so often it may show one again. */
const confirmationsMax = 3;
/** So often a law may seem broken and not be: it is not looked at again. */
const falseAlarmsMax = 3;

/** @throws what the target throws where it does not come up. */
export async function explore(options: ExploreOptions): Promise<Findings> {
  return new Exploration(options).run();
}

interface Broken {
  readonly violation: Violation;
  readonly history: History;
  readonly play: Play;
}

class Exploration {
  readonly #options: ExploreOptions;
  readonly #limits: ExploreLimits;
  readonly #wallTime = Date.now();
  readonly #beganAt = performance.now();
  readonly #exercised = new Map<Law, number>();
  readonly #counterexamples = new Map<string, Counterexample>();
  /** Seen, and not seen again. */
  readonly #falseAlarms = new Map<string, number>();
  #runs = 0;
  #calls = 0;
  #leftovers = 0;
  #failure: { readonly error: unknown } | undefined;

  constructor(options: ExploreOptions) {
    this.#options = options;
    this.#limits = { ...usualExploreLimits, ...options.limits };
    for (const law of laws) if (isInReach(law, options.target)) this.#exercised.set(law, 0);
  }

  async run(): Promise<Findings> {
    const { path, seed } = this.#options;
    const { runs } = this.#limits;
    for (let round = 0; !this.#isOver && this.#runs < runs; round++) {
      const hasFound = await this.#round(seed + round, runs - this.#runs);
      if (!hasFound || path !== undefined) break;
    }
    if (this.#failure !== undefined) throw this.#failure.error;
    return this.findings();
  }

  findings(): Findings {
    const { target, seed, known } = this.#options;
    const found = [...this.#exercised].map(([law, exercised]): LawFinding => {
      const { id, text, source, isNote } = law;
      const counterexample = this.#counterexamples.get(id);
      return {
        law: { id, text, source, ...(isNote === true ? { isNote } : {}) },
        exercised,
        isKnown: known?.has(id) === true,
        isUnsteady: counterexample === undefined && this.#falseAlarms.has(id),
        ...(counterexample === undefined ? {} : { counterexample }),
      };
    });
    return {
      target,
      seed,
      runs: this.#runs,
      beganAt: this.#wallTime,
      elapsedMs: performance.now() - this.#beganAt,
      leftovers: this.#leftovers,
      laws: found,
    };
  }

  /** Until a law breaks that has not been broken before, which is then shortened. False: none did. */
  async #round(seed: number, numRuns: number): Promise<boolean> {
    const { target, path, requests } = this.#options;
    const { lengthMax } = this.#limits;
    const { kind, era, isHttp, faults } = target;
    const plays = arbitraryPlay({
      kind,
      era,
      isHttp,
      faults,
      lengthMax,
      weights: weightsOf(target),
      ...(requests === undefined ? {} : { requests }),
    }).map((play) => inTimeOf(target, play));
    const found = await firstShown(plays, async (play) => this.#newlyBroken(play), {
      seed,
      numRuns,
      ...(path === undefined ? {} : { path }),
    });
    if (found === undefined) return false;
    const { violation, history, play } = await this.#shortest(found.shown);
    this.#counterexamples.set(violation.law, {
      violation,
      history,
      seed,
      path: found.path,
      steps: play.length,
    });
    this.#tell(false);
    return true;
  }

  /** What it breaks that was kept before, and breaks again when it is played again. */
  async #newlyBroken(play: Play): Promise<Broken | undefined> {
    if (this.#isOver) return undefined;
    const broken = await this.#broken(play, undefined);
    this.#runs += 1;
    this.#tell(false);
    if (broken === undefined || (await this.#isSeenAgain(broken))) return broken;
    const { law } = broken.violation;
    this.#falseAlarms.set(law, (this.#falseAlarms.get(law) ?? 0) + 1);
    return undefined;
  }

  /** As short as it can be made in the time; as it was where the shorter one is not seen again. */
  async #shortest(found: Broken): Promise<Broken> {
    const until = performance.now() + this.#limits.shrinkMsMax;
    const shortest = await shortestShown(found, async (play) => {
      if (this.#isOver || performance.now() > until) return undefined;
      const broken = await this.#broken(play, found.violation.law);
      this.#tell(true);
      return broken;
    });
    return shortest === found || (await this.#isSeenAgain(shortest)) ? shortest : found;
  }

  /** @param only a law: of the one that is being shortened nothing else counts. */
  async #broken(play: Play, only: string | undefined, target = this.#options.target): Promise<Broken | undefined> {
    const history = await this.#played(play, target);
    if (history === undefined) return undefined;
    this.#leftovers += history.filter(({ type }) => type === 'leftover').length;
    const rulings = judge(history, target);
    if (only === undefined) {
      for (const { law, judgement } of rulings) {
        const before = this.#exercised.get(law);
        if (before !== undefined) this.#exercised.set(law, before + judgement.exercised);
      }
    }
    const violations = rulings
      .flatMap(({ judgement }) => judgement.violations)
      .filter((one) => target.isVirtual || !isToolAtWork(one, history, target));
    const violation = violations.find(({ law }) => (only === undefined ? this.#isNews(law) : law === only));
    return violation === undefined ? undefined : { violation, history, play };
  }

  #isNews(law: string): boolean {
    return !this.#counterexamples.has(law) && (this.#falseAlarms.get(law) ?? 0) < falseAlarmsMax;
  }

  async #isSeenAgain({ play, violation, history }: Broken): Promise<boolean> {
    const { target, patient: slower = target } = this.#options;
    // What an earlier play has left comes where something is kept alone.
    const patient = history[violation.at.at(-1) ?? -1]?.type === 'leftover' ? target : slower;
    if (target.isVirtual) return true;
    for (let attempt = 0; attempt < confirmationsMax && this.#failure === undefined; attempt++) {
      if ((await this.#broken(play, violation.law, patient)) !== undefined) return true;
    }
    return false;
  }

  /** Undefined where the target did not come up: there will be no further plays. */
  async #played(play: Play, target: Target): Promise<History | undefined> {
    const { performing } = this.#options;
    await this.#slowDown();
    this.#calls += play.filter((step) => step.do === 'request').length;
    try {
      return await perform(play, target, performing);
    } catch (error) {
      this.#failure ??= { error };
      return undefined;
    }
  }

  async #slowDown(): Promise<void> {
    const dueMs = (this.#calls / this.#limits.callsPerSecondMax) * 1000;
    const leftMs = dueMs - (performance.now() - this.#beganAt);
    if (leftMs > 0) await new Promise((resolve) => setTimeout(resolve, leftMs));
  }

  get #isOver(): boolean {
    const { timeMsMax, callsMax } = this.#limits;
    const isLate = performance.now() - this.#beganAt > timeMsMax || this.#calls >= callsMax;
    return isLate || this.#failure !== undefined || this.#options.signal?.aborted === true;
  }

  #tell(isShrinking: boolean): void {
    this.#options.onProgress?.({ runs: this.#runs, isShrinking, findings: this.findings() });
  }
}

/** Where time is real it passes as much as it takes for something to arrive, and more often. */
const realWaitMsMax = 40;

function weightsOf({ isVirtual }: Target): Partial<Record<'wait' | 'settle', number>> {
  return isVirtual ? {} : { wait: 6 };
}

function inTimeOf({ isVirtual, kind }: Target, play: Play): Play {
  if (isVirtual) return play;
  const wait = { do: 'wait', ms: realWaitMsMax } as const;
  return play.flatMap((step): Play => {
    if (step.do === 'wait') return [{ ...step, ms: Math.min(step.ms, realWaitMsMax) }];
    // A client under test asks by itself, when it likes.
    return kind === 'client' && step.do === 'answer' ? [wait, step] : [step];
  });
}

/** The law is about such a target, and can be put to the test on it: that others were not would be idle to say each time. */
function isInReach(law: Law, target: Target): boolean {
  const isHidden = law.id === 'rules' || (law.id === 'nothing-left' && !target.isVirtual);
  return !isHidden && isAbout(law, target);
}

/** A tool of a real server may take its time, and nobody knows how long: that it has not answered yet breaks nothing. */
function isToolAtWork({ at }: Violation, history: History, { kind }: Target): boolean {
  const [first, last] = [history[at[0] ?? -1], history[at.at(-1) ?? -1]];
  const isCall = first?.type === 'sent' && first.message.method === 'tools/call';
  return kind === 'server' && isCall && at.length === 2 && last?.type === 'settled';
}
