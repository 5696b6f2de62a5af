/**
 * The breakpoints that people have set in this process while it runs, in front of whatever rules there are: bounded, and asked
 * about as one interceptor. A session is asked at once, whatever version of the rules it has. Does not know how one is written.
 */

import type { Clock, Log } from '../ports.ts';
import type { Interceptor } from '../session/interception.ts';
import type { BreakpointData } from './breakpoint-schema.ts';
import type { BoundedPauseDesk } from './pause-desk.ts';
import { Reached } from './reached.ts';
import type { ReadBreakpoint } from './read-breakpoint.ts';
import type { Rule } from './rule-file.ts';
import { RulesInterceptor } from './rules-interceptor.ts';

export const breakpointsMax = 64;

/** A breakpoint as people see it. */
export interface Breakpoint extends BreakpointData {
  readonly id: string;
  /** Milliseconds since the Unix epoch. */
  readonly setAt: number;
  /** Frames that it has put on the desk. */
  readonly hits: number;
}

interface Entry {
  readonly id: string;
  readonly data: BreakpointData;
  readonly setAt: number;
  readonly rule: Rule;
  hits: number;
}

export interface BreakpointSurroundings {
  readonly desk: BoundedPauseDesk;
  readonly clock: Clock;
  readonly log: Log;
  /** There are others now than before. */
  readonly onChange: () => void;
}

export class Breakpoints {
  readonly #surroundings: BreakpointSurroundings;
  readonly #entries = new Map<string, Entry>();
  readonly #reached = new Reached();
  #count = 0;
  #transitions: readonly Rule[] = [];
  #interceptor: Interceptor | undefined;

  constructor(surroundings: BreakpointSurroundings) {
    this.#surroundings = surroundings;
    surroundings.desk.observe((news) => {
      if (news.type !== 'paused') return;
      for (const entry of this.#entries.values()) if (entry.rule.id === news.frame.rule) entry.hits++;
    });
  }

  /** Asks about all of them; none where there are none. */
  get interceptor(): Interceptor | undefined {
    return this.#interceptor;
  }

  list(): readonly Breakpoint[] {
    return [...this.#entries.values()].map(shown);
  }

  /** `undefined`: there are `breakpointsMax` already. */
  add(read: ReadBreakpoint): Breakpoint | undefined {
    if (this.#entries.size >= breakpointsMax) return undefined;
    const id = `b${++this.#count}`;
    // No rule of a file can have a name with a space in it.
    const rule = read.ruleOf(`breakpoint ${id}`);
    const entry: Entry = { id, data: read.data, setAt: this.#surroundings.clock.wallTime(), rule, hits: 0 };
    this.#entries.set(id, entry);
    this.#changed();
    return shown(entry);
  }

  /** Whether there was one. What it has put on the desk stays there. */
  remove(id: string): boolean {
    const wasThere = this.#entries.delete(id);
    if (wasThere) this.#changed();
    return wasThere;
  }

  stateChanged(sessionId: string, from: string, to: string): void {
    if (this.#transitions.length > 0) this.#reached.reach(this.#transitions, sessionId, from, to);
  }

  sessionEnded(sessionId: string): void {
    this.#reached.forget(sessionId);
  }

  #changed(): void {
    const { desk, log, onChange } = this.#surroundings;
    const rules = [...this.#entries.values()].map(({ rule }) => rule);
    this.#transitions = rules.filter(({ breakpoint }) => breakpoint !== undefined);
    const breakpointsOf = (id: string): readonly Rule[] =>
      this.#reached.take(id).filter((rule) => rules.includes(rule));
    const hasTransitions = this.#transitions.length > 0;
    this.#interceptor =
      rules.length === 0
        ? undefined
        : new RulesInterceptor(rules, { desk, log, ...(hasTransitions ? { breakpointsOf } : {}) });
    onChange();
  }
}

function shown({ id, data, setAt, hits }: Entry): Breakpoint {
  return { id, ...data, setAt, hits };
}
