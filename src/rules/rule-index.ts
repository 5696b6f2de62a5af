/**
 * Finds the rules that a frame can be meant by, in the order in which they are asked, without asking each: by the direction,
 * kind, method and name that their conditions require. What is wanted for a method nobody names is found together.
 */

import type { Constraint } from './constraint.ts';
import type { Rule } from './rule-file.ts';
import type { Test } from './total.ts';

/** What a frame is looked up by. `name` may be expensive, and is read only where a rule asks for it. */
export interface Wanted {
  readonly direction: string;
  readonly kind: string;
  readonly method: string;
  readonly name: string;
}

/** Rules in the order in which they are asked, and what is asked of each first, side by side. */
export interface Candidates {
  readonly rules: readonly Rule[];
  /** Of the rule in the same place: `undefined` where it has to be asked as a whole. */
  readonly gates: readonly (Test | undefined)[];
}

export function candidatesOf(rules: readonly Rule[]): Candidates {
  return { rules, gates: rules.map(({ condition }) => condition?.gate) };
}

export class RuleIndex {
  readonly #rules: readonly Rule[];
  readonly #methods: ReadonlySet<string>;
  /** By direction and kind, of which there are six together. */
  readonly #shelves = new Map<string, Map<string, Shelf>>();

  constructor(rules: readonly Rule[]) {
    this.#rules = rules;
    this.#methods = new Set(rules.flatMap(({ condition }) => [...(condition?.constraint.methods ?? [])]));
  }

  /** Those that may be meant, in order. */
  find(frame: Wanted): Candidates {
    return this.#bucket(frame).find(frame);
  }

  #bucket({ direction, kind, method }: Wanted): Bucket {
    let shelves = this.#shelves.get(direction);
    if (shelves === undefined) this.#shelves.set(direction, (shelves = new Map<string, Shelf>()));
    let shelf = shelves.get(kind);
    if (shelf === undefined) shelves.set(kind, (shelf = { byMethod: new Map(), other: undefined }));
    const found = shelf.byMethod.get(method);
    if (found !== undefined) return found;
    if (this.#methods.has(method)) {
      const bucket = new Bucket(this.#rules.filter((rule) => mayMean(rule, direction, kind, method)));
      shelf.byMethod.set(method, bucket);
      return bucket;
    }
    // What comes under methods that nobody names is as much as peers like, and shares one bucket.
    shelf.other ??= new Bucket(this.#rules.filter((rule) => mayMean(rule, direction, kind, undefined)));
    return shelf.other;
  }
}

interface Shelf {
  readonly byMethod: Map<string, Bucket>;
  other: Bucket | undefined;
}

/** @param method `undefined`: one that no rule names. */
function mayMean({ condition }: Rule, direction: string, kind: string, method: string | undefined): boolean {
  if (condition === undefined) return true;
  const { directions, kinds, methods } = condition.constraint;
  if (directions?.has(direction) === false || kinds?.has(kind) === false) return false;
  return methods === undefined || (method !== undefined && methods.has(method));
}

/** The rules of one direction, kind and method, by the names that they want. */
class Bucket {
  readonly #all: Candidates;
  readonly #names: ReadonlySet<string>;
  readonly #byName = new Map<string, Candidates>();
  #unnamed: Candidates | undefined;
  #others: Candidates | undefined;

  constructor(rules: readonly Rule[]) {
    this.#all = candidatesOf(rules);
    this.#names = new Set(rules.flatMap((rule) => [...(constraintOf(rule)?.names ?? [])]));
  }

  find(frame: Wanted): Candidates {
    if (this.#names.size === 0) return this.#all;
    const { name } = frame;
    const found = this.#byName.get(name);
    if (found !== undefined) return found;
    if (this.#names.has(name)) {
      const candidates = this.#wanting(name);
      this.#byName.set(name, candidates);
      return candidates;
    }
    if (name === '') return (this.#unnamed ??= this.#wanting(name));
    return (this.#others ??= this.#wanting(name));
  }

  #wanting(name: string): Candidates {
    const rules = this.#all.rules.filter((rule) => {
      const { names, namesMayFail = false } = constraintOf(rule) ?? {};
      return names === undefined || names.has(name) || (name === '' && namesMayFail);
    });
    return candidatesOf(rules);
  }
}

function constraintOf({ condition }: Rule): Constraint | undefined {
  return condition?.constraint;
}
