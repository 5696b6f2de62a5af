/**
 * What rules would do that are not in force yet, counted on live frames beside what the present ones do. Nothing is done, and
 * no frame is held: the conditions are asked and what they say is written down.
 */

import type { InterceptContext, Interceptor } from '../session/interception.ts';
import { Scene } from './frame-view.ts';
import type { Rule } from './rule-file.ts';
import { RuleIndex } from './rule-index.ts';
import type { ActionData } from './rule-schema.ts';

export const fates = ['pass', 'modify', 'block', 'mock', 'delay', 'pause', 'fault'] as const;

/** What becomes of a frame, as far as one word says it. */
export type Fate = (typeof fates)[number];

export interface DryRunReport {
  /** Frames that both versions were asked about. */
  readonly frames: number;
  /** Of these, the ones that would meet another fate. */
  readonly different: number;
  readonly current: Readonly<Record<Fate, number>>;
  readonly next: Readonly<Record<Fate, number>>;
  /** How often each rule of the new version would act, and how; failing conditions that block included. */
  readonly byRule: Readonly<Record<string, Fates>>;
  /** What the new version would do in each session; of the first sessions. */
  readonly bySession: Readonly<Record<string, SessionFates>>;
  /** The first frames that would meet another fate. */
  readonly examples: readonly DryRunExample[];
}

/** How often; what did not happen is absent. */
export type Fates = Readonly<Partial<Record<Fate, number>>>;

export interface SessionFates {
  readonly frames: number;
  readonly different: number;
  readonly next: Fates;
}

export interface DryRunExample {
  readonly sessionId: string;
  readonly frameId: number;
  readonly method: string;
  readonly current: Fate;
  readonly next: Fate;
  /** The rule that decides; none where the frame would pass. */
  readonly rule: string | undefined;
}

const examplesMax = 20;

/** Of more sessions nothing is said one by one. */
const sessionsMax = 200;

export class DryRun implements Interceptor {
  readonly name = 'dry run';
  #present: RuleIndex;
  readonly #next: RuleIndex;
  readonly #onStop: () => void;
  readonly #currently = noFates();
  readonly #soon = noFates();
  readonly #byRule = new Map<string, Partial<Record<Fate, number>>>();
  readonly #bySession = new Map<string, { frames: number; different: number; next: Partial<Record<Fate, number>> }>();
  readonly #examples: DryRunExample[] = [];
  #frames = 0;
  #different = 0;

  constructor(current: readonly Rule[], next: readonly Rule[], onStop: () => void = () => {}) {
    this.#present = indexOf(current);
    this.#next = indexOf(next);
    this.#onStop = onStop;
  }

  /** The present rules are others from now on. */
  compareWith(current: readonly Rule[]): void {
    this.#present = indexOf(current);
  }

  intercept(context: InterceptContext): void {
    const scene = new Scene(context);
    const current = fateOf(this.#present.find(context).rules, scene);
    const next = fateOf(this.#next.find(context).rules, scene, (rule, fate) => {
      const acted = this.#byRule.get(rule.id) ?? {};
      this.#byRule.set(rule.id, acted);
      countIn(acted, fate);
    });
    this.#frames++;
    this.#currently[current.fate]++;
    this.#soon[next.fate]++;
    const isDifferent = current.fate !== next.fate || current.rule !== next.rule;
    this.#countSession(context.sessionId, next.fate, isDifferent);
    if (!isDifferent) return;
    this.#different++;
    if (this.#examples.length >= examplesMax) return;
    const { sessionId, frameId, method } = context;
    this.#examples.push({ sessionId, frameId, method, current: current.fate, next: next.fate, rule: next.rule });
  }

  report(): DryRunReport {
    return {
      frames: this.#frames,
      different: this.#different,
      current: { ...this.#currently },
      next: { ...this.#soon },
      byRule: Object.fromEntries([...this.#byRule].map(([id, acted]) => [id, { ...acted }])),
      bySession: Object.fromEntries(
        [...this.#bySession].map(([id, { next, ...counts }]) => [id, { ...counts, next: { ...next } }]),
      ),
      examples: [...this.#examples],
    };
  }

  #countSession(sessionId: string, fate: Fate, isDifferent: boolean): void {
    let session = this.#bySession.get(sessionId);
    if (session === undefined) {
      if (this.#bySession.size >= sessionsMax) return;
      this.#bySession.set(sessionId, (session = { frames: 0, different: 0, next: {} }));
    }
    session.frames++;
    if (isDifferent) session.different++;
    countIn(session.next, fate);
  }

  stop(): DryRunReport {
    this.#onStop();
    return this.report();
  }
}

/** Compares two versions over frames that the caller shows it. */
export function dryRun(current: readonly Rule[], next: readonly Rule[]): DryRun {
  return new DryRun(current, next);
}

/** `would block 3 of 812 (now 1)`: the report in one line. */
export function dryRunText({ frames, different, current, next }: DryRunReport): string {
  const changes = fates
    .filter((fate) => fate !== 'pass' && (current[fate] > 0 || next[fate] > 0))
    .map((fate) => `would ${fate} ${next[fate]} of ${frames} (now ${current[fate]})`);
  return changes.length === 0
    ? `would let all of ${frames} pass, as now`
    : `${changes.join(', ')}; ${different} would meet another fate`;
}

function noFates(): Record<Fate, number> {
  return { pass: 0, modify: 0, block: 0, mock: 0, delay: 0, pause: 0, fault: 0 };
}

function countIn(counts: Partial<Record<Fate, number>>, fate: Fate): void {
  counts[fate] = (counts[fate] ?? 0) + 1;
}

function indexOf(rules: readonly Rule[]): RuleIndex {
  return new RuleIndex(rules.filter(({ breakpoint }) => breakpoint === undefined));
}

interface Met {
  readonly fate: Fate;
  readonly rule: string | undefined;
}

/** The gravest of what the rules say, up to the one that ends it. Messages that would be changed are asked about unchanged. */
function fateOf(rules: readonly Rule[], scene: Scene, acted: (rule: Rule, fate: Fate) => void = () => {}): Met {
  let met: Met = { fate: 'pass', rule: undefined };
  for (const rule of rules) {
    const holds = holdsOrFails(rule, scene);
    if (holds === false || (holds === 'failed' && rule.onError === 'open')) continue;
    const { fate, isEnd } = holds === 'failed' ? blocked : fateBy(rule);
    acted(rule, fate);
    if (fate !== 'pass') met = { fate, rule: rule.id };
    if (isEnd) return met;
  }
  return met;
}

const blocked = { fate: 'block', isEnd: true } as const;

/** What a rule does that holds, and whether no other is asked after it. */
function fateBy({ actions }: Rule): { readonly fate: Fate; readonly isEnd: boolean } {
  let met: Fate = 'pass';
  for (const action of actions) {
    if (action.continue !== undefined) return { fate: met, isEnd: true };
    const fate = fateIn(action);
    if (fate === 'block' || fate === 'mock' || (fate === 'fault' && action.fault?.kind !== 'slow')) {
      return { fate, isEnd: true };
    }
    if (fate !== 'pass') met = fate;
  }
  return { fate: met, isEnd: false };
}

function holdsOrFails({ condition }: Rule, scene: Scene): boolean | 'failed' {
  try {
    return condition === undefined || condition.holds(scene);
  } catch {
    return 'failed';
  }
}

function fateIn(action: ActionData): Fate {
  return fates.find((fate) => fate !== 'pass' && action[fate] !== undefined) ?? 'pass';
}
