/** What plays have put to the test: laws, rules, kinds of steps, and what of the code under test says of itself that it was gone through. */

import type { Law } from './laws/law.ts';
import type { Ruling } from './laws/laws.ts';
import type { History } from './play/history.ts';
import type { Play } from './play/step.ts';

export interface Coverage {
  readonly plays: number;
  /** How often each law could have been broken, by its id. A law with 0 is not kept: nothing is known of it. */
  readonly laws: Readonly<Record<string, number>>;
  /** How often each rule of the author was followed, by its name. */
  readonly rules: Readonly<Record<string, number>>;
  /** How often each kind of step did something. */
  readonly steps: Readonly<Record<string, number>>;
  /** In how many plays each of these was gone through. */
  readonly visited: Readonly<Record<string, number>>;
  /** Laws, and rules as `rule NAME`, that were never put to the test. */
  readonly unexercised: readonly string[];
}

export class CoverageCount {
  readonly #laws = new Map<string, number>();
  readonly #rules = new Map<string, number>();
  readonly #steps = new Map<string, number>();
  readonly #visited = new Map<string, number>();
  #plays = 0;

  constructor(laws: readonly Pick<Law, 'id'>[], rules: readonly string[]) {
    for (const { id } of laws) this.#laws.set(id, 0);
    for (const name of rules) this.#rules.set(name, 0);
  }

  take(play: Play, history: History, rulings: readonly Ruling[]): void {
    this.#plays++;
    for (const { law, judgement } of rulings) add(this.#laws, law.id, judgement.exercised);
    const done = new Set(history.map(({ step }) => step));
    for (const [place, step] of play.entries()) if (done.has(place)) add(this.#steps, step.do, 1);
    for (const event of history) if (event.type === 'rule') add(this.#rules, event.name, 1);
  }

  visit(names: readonly string[]): void {
    for (const name of new Set(names)) add(this.#visited, name, 1);
  }

  toJSON(): Coverage {
    const never = (counts: ReadonlyMap<string, number>): readonly string[] =>
      [...counts].filter(([, count]) => count === 0).map(([name]) => name);
    return {
      plays: this.#plays,
      laws: Object.fromEntries(this.#laws),
      rules: Object.fromEntries(this.#rules),
      steps: Object.fromEntries(this.#steps),
      visited: Object.fromEntries(this.#visited),
      unexercised: [...never(this.#laws), ...never(this.#rules).map((name) => `rule ${name}`)],
    };
  }
}

function add(counts: Map<string, number>, name: string, more: number): void {
  counts.set(name, (counts.get(name) ?? 0) + more);
}
