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

const none = candidatesOf([]);

export class RuleIndex {
  readonly #rules: readonly Rule[];
  readonly #methods: ReadonlySet<string>;
  readonly #buckets = new Map<string, Bucket>();

  constructor(rules: readonly Rule[]) {
    this.#rules = rules;
    this.#methods = new Set(rules.flatMap(({ condition }) => [...(condition?.constraint.methods ?? [])]));
  }

  /** Those that may be meant, in order. */
  find(frame: Wanted): Candidates {
    const { direction, kind, method } = frame;
    const known = this.#methods.has(method) ? method : undefined;
    // Words of the wire have no such character in these places: direction and kind are ours.
    const key = `${direction} ${kind} ${known === undefined ? '' : `=${known}`}`;
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      bucket = new Bucket(this.#rules.filter((rule) => mayMean(rule, direction, kind, known)));
      this.#buckets.set(key, bucket);
    }
    return bucket.find(frame);
  }
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

  constructor(rules: readonly Rule[]) {
    this.#all = candidatesOf(rules);
    this.#names = new Set(rules.flatMap((rule) => [...(constraintOf(rule)?.names ?? [])]));
  }

  find(frame: Wanted): Candidates {
    if (this.#all.rules.length === 0) return none;
    if (this.#names.size === 0) return this.#all;
    const { name } = frame;
    const key = this.#names.has(name) ? `=${name}` : name === '' ? '' : '*';
    let found = this.#byName.get(key);
    if (found === undefined) {
      const rules = this.#all.rules.filter((rule) => {
        const { names, namesMayFail = false } = constraintOf(rule) ?? {};
        return names === undefined || names.has(name) || (name === '' && namesMayFail);
      });
      found = candidatesOf(rules);
      this.#byName.set(key, found);
    }
    return found;
  }
}

function constraintOf({ condition }: Rule): Constraint | undefined {
  return condition?.constraint;
}
