/**
 * The harness for authors of proxies, servers and clients of MCP: plays by the hundred against their code, judged by the laws and by
 * rules of their own. Works with the `it` or `test` of Vitest, Jest and node:test. Loads fast-check.
 */

import fc from 'fast-check';

import { type Coverage, CoverageCount } from './coverage.ts';
import { type InProcessOptions, type Make, inProcessTarget } from './in-process/target.ts';
import type { Law } from './laws/law.ts';
import { laws as allLaws } from './laws/laws.ts';
import { isAbout } from './laws/verdict.ts';
import { type PlayOptions, arbitraryPlay } from './play/arbitrary.ts';
import type { History } from './play/history.ts';
import type { Rule } from './play/rule.ts';
import type { Play } from './play/step.ts';
import type { Target } from './play/target.ts';
import { sequenceDiagram } from './report/sequence-diagram.ts';
import { type BrokenPlay, search } from './search.ts';

/** A rule of the author, and what it is given each time. `defineRule` types its value. */
export interface HarnessRule extends Rule {
  readonly value?: fc.Arbitrary<unknown>;
}

/** A rule that is given values of this arbitrary of fast-check. */
export function defineRule<Value>(rule: Rule<Value> & { readonly value: fc.Arbitrary<Value> }): HarnessRule {
  return rule;
}

interface Judged {
  /** What it is judged by: `laws`, unless said otherwise. Laws of one's own may stand beside them. */
  readonly laws?: readonly Law[];
  readonly rules?: Readonly<Record<string, HarnessRule>>;
  /** How many plays are tried: 200. */
  readonly runs?: number;
  /** The seed of the plays: another one each time, unless said otherwise. */
  readonly seed?: number;
  /** How long plays are, how often each kind of step comes, and what clients ask for. */
  readonly plays?: Pick<PlayOptions, 'lengthMax' | 'weights' | 'requests' | 'usesIdsTwice'>;
}

/** What is under test: code that `proxy`, `server` or `client` makes anew for each play, or anything else that plays can reach. */
export type HarnessOptions = Judged &
  (
    | (InProcessOptions & { readonly proxy: Make })
    | (InProcessOptions & { readonly server: Make })
    | (InProcessOptions & { readonly client: Make })
    | { readonly target: Target }
  );

/** How a test runner declares a test. */
export type DeclareTest = (name: string, run: () => Promise<void>) => unknown;

export interface SessionHarness {
  /** Declares a test that tries the plays, and fails with the shortest one that breaks a law. */
  test(declare: DeclareTest): void;
  /**
   * Declares a test that fails when a law or rule was never put to the test, or what `visits` names was never gone through.
   * Tries the plays, unless `test` has.
   */
  cover(declare: DeclareTest, options?: CoverOptions): void;
  /** Tries the plays, without a test runner. Undefined when every law was kept wherever it was put to the test. */
  check(): Promise<BrokenPlay | undefined>;
  /** Plays again what `seed:path` names, and shortens it again. */
  replay(replay: string): Promise<BrokenPlay | undefined>;
  /** What the last play showed. */
  history(): History;
  /** What all plays so far have put to the test. */
  coverage(): Coverage;
}

export interface CoverOptions {
  /** Laws that need not be put to the test. */
  readonly except?: readonly string[];
  /** Names that `visited` of the code under test must have told. */
  readonly visits?: readonly string[];
}

/** A law was broken. The message tells the conversation. */
export class LawBroken extends Error {
  override readonly name = 'LawBroken';
  readonly broken: BrokenPlay;

  constructor(broken: BrokenPlay, target: Target) {
    super(tell(broken, target));
    this.broken = broken;
  }
}

export function sessionHarness(options: HarnessOptions): SessionHarness {
  return new Harness(options);
}

class Harness implements SessionHarness {
  readonly #target: Target;
  readonly #options: HarnessOptions;
  readonly #laws: readonly Law[];
  readonly #plays: fc.Arbitrary<Play>;
  readonly #coverage: CoverageCount;
  #hasTried = false;
  #history: History = [];

  constructor(options: HarnessOptions) {
    const { rules = {}, laws = allLaws } = options;
    const names = Object.keys(rules);
    this.#options = options;
    this.#target = targetOf(options);
    this.#laws = laws.filter((law) => isAbout(law, this.#target) && (law.id !== 'rules' || names.length > 0));
    const { kind, era, isHttp, faults } = this.#target;
    const values = Object.entries(rules).map(([name, { value }]) => [name, value ?? fc.constant(undefined)] as const);
    this.#plays = arbitraryPlay({ ...options.plays, kind, era, isHttp, faults, rules: Object.fromEntries(values) });
    this.#coverage = new CoverageCount(this.#laws, names);
  }

  test(declare: DeclareTest): void {
    declare(`${this.#target.name} keeps the laws of its sessions`, async () => {
      const broken = await this.check();
      if (broken !== undefined) throw new LawBroken(broken, this.#target);
    });
  }

  cover(declare: DeclareTest, { except = [], visits = [] }: CoverOptions = {}): void {
    declare(`${this.#target.name} is put to the test by each law and rule`, async () => {
      if (!this.#hasTried) await this.check();
      const { unexercised, visited } = this.coverage();
      const missing = [
        ...unexercised.filter((name) => !except.includes(name)),
        ...visits.filter((name) => visited[name] === undefined),
      ];
      if (missing.length > 0) throw new Error(`Never put to the test: ${missing.join(', ')}`);
    });
  }

  async check(): Promise<BrokenPlay | undefined> {
    this.#hasTried = true;
    const { runs, seed } = this.#options;
    return this.#search({ ...(runs === undefined ? {} : { runs }), ...(seed === undefined ? {} : { seed }) });
  }

  async replay(replay: string): Promise<BrokenPlay | undefined> {
    return this.#search({ replay, runs: 1 });
  }

  history(): History {
    return this.#history;
  }

  coverage(): Coverage {
    return this.#coverage.toJSON();
  }

  #search(options: {
    readonly runs?: number;
    readonly seed?: number;
    readonly replay?: string;
  }): Promise<BrokenPlay | undefined> {
    return search(this.#target, {
      ...options,
      plays: this.#plays,
      laws: this.#laws,
      rules: this.#options.rules ?? {},
      onPlay: (play, history, rulings) => {
        this.#history = history;
        this.#coverage.take(play, history, rulings);
      },
      onVisited: (names) => this.#coverage.visit(names),
    });
  }
}

function targetOf(options: HarnessOptions): Target {
  if ('target' in options) return options.target;
  if ('proxy' in options) return inProcessTarget('proxy', options.proxy, options);
  if ('server' in options) return inProcessTarget('server', options.server, options);
  return inProcessTarget('client', options.client, options);
}

function tell({ violations, history, play, replay }: BrokenPlay, { kind }: Target): string {
  const [first, ...others] = violations;
  const { law, text, at } = first;
  const diagram = sequenceDiagram(history, { kind, width: 100, hasColours: false, at });
  const besides = others.map((other) => `${other.law}: ${other.text}`);
  const steps = play.length === 1 ? 'one step' : `${play.length} steps`;
  const lines = [`${law}: ${text}`, ...besides, '', diagram, `In ${steps}; again with replay('${replay}')`];
  return lines.join('\n');
}
