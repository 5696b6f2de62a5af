/**
 * Keeps the rules of a process as their file says: loads it again when it changes or when somebody asks for that, all or
 * nothing. A file with mistakes changes nothing; sessions are never touched.
 */

import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';

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

/** Editors write a file in several steps. */
const settleMs = 100;

/** Of a file that is broken from top to bottom, the beginning says enough. */
const problemsToldMax = 10;

export class RulesInForce {
  readonly engine: RuleEngine;
  readonly #options: RulesInForceOptions;
  readonly #watcher: FSWatcher | undefined;
  #stopTimer: (() => void) | undefined;
  #loading: Promise<readonly Problem[]> = Promise.resolve([]);

  constructor(options: RulesInForceOptions) {
    this.#options = options;
    this.engine = new RuleEngine(options.ruleSet, options);
    this.#watcher = this.#watch();
  }

  /** Loads the file again. Resolves with what is wrong with it: nothing, and it is in force. The log says the same. */
  async reload(): Promise<readonly Problem[]> {
    this.#loading = this.#loading.then(async () => this.#load());
    return this.#loading;
  }

  close(): void {
    this.#watcher?.close();
    this.#stopTimer?.();
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

  /** The folder and not the file: many programs put a new file in the place of the old one. */
  #watch(): FSWatcher | undefined {
    const { file, clock, log } = this.#options;
    const name = basename(file);
    try {
      const watcher = watch(dirname(resolve(file)), { persistent: false }, (_event, changed) => {
        if (changed !== null && changed !== name) return;
        this.#stopTimer?.();
        const timer = clock.setTimeout(() => void this.reload(), settleMs);
        this.#stopTimer = () => clock.clearTimeout(timer);
      });
      return watcher.on('error', (error) => log.warn({ file, error }, 'the rule file is not watched any more'));
    } catch (error) {
      log.warn({ file, error }, 'the rule file cannot be watched: send SIGHUP when it has changed');
      return undefined;
    }
  }
}
