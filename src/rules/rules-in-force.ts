/**
 * Keeps the rules of a process as their file says: loads it again when it changes or when somebody asks for that, all or
 * nothing. A file with mistakes changes nothing; sessions are never touched.
 */

import { FileWatch } from '../file-watch.ts';
import type { Clock, Log } from '../ports.ts';
import { changesBetween } from './rule-changes.ts';
import { type LoadOptions, loadRules } from './load-rules.ts';
import { RuleEngine, type RuleSet } from './rule-engine.ts';
import { type Problem, problemText } from './yaml-places.ts';

export interface RulesInForceOptions extends LoadOptions {
  readonly file: string;
  /** What the file said when it was loaded. */
  readonly ruleSet: RuleSet;
  readonly clock: Clock;
  readonly log: Log;
}

/** Of a file that is broken from top to bottom, the beginning says enough. */
const problemsToldMax = 10;

export class RulesInForce {
  readonly engine: RuleEngine;
  readonly #options: RulesInForceOptions;
  readonly #watch: FileWatch;
  #loading: Promise<readonly Problem[]> = Promise.resolve([]);

  constructor(options: RulesInForceOptions) {
    this.#options = options;
    this.engine = new RuleEngine(options.ruleSet, options);
    this.#watch = new FileWatch({ file: options.file, onChange: () => void this.reload() });
  }

  /** Loads the file again. Resolves with what is wrong with it: nothing, and it is in force. The log says the same. */
  async reload(): Promise<readonly Problem[]> {
    this.#loading = this.#loading.then(async () => this.#load());
    return this.#loading;
  }

  close(): void {
    this.#watch.close();
  }

  async #load(): Promise<readonly Problem[]> {
    const { file, log } = this.#options;
    const loaded = await loadRules(file, this.#options);
    if ('problems' in loaded) {
      const problems = loaded.problems.slice(0, problemsToldMax).map((problem) => problemText(file, problem));
      log.error({ file, problems }, 'the rule file has mistakes: the rules stay as they are');
      return loaded.problems;
    }
    const changes = changesBetween(this.engine.ruleSet.rules, loaded.ruleSet.rules);
    this.engine.replace(loaded.ruleSet);
    log.info({ file, rules: loaded.ruleSet.rules.length, ...changes }, 'rules loaded');
    return [];
  }
}
