/**
 * What a frame must be for a condition to hold, as far as it can be read from the condition without asking it: which methods,
 * kinds, directions and names. Says too little rather than too much: a frame that it keeps out cannot be meant.
 */

import type { ASTNode } from '@marcbachmann/cel-js';
import { pathOf, textOf, textsOf } from './syntax.ts';

/** The values that are possible; `undefined`: any. */
export interface Constraint {
  readonly methods: ReadonlySet<string> | undefined;
  readonly kinds: ReadonlySet<string> | undefined;
  readonly directions: ReadonlySet<string> | undefined;
  readonly names: ReadonlySet<string> | undefined;
  /** The names were read from `frame.params.name`: where that is no text, the condition fails and is to be asked. */
  readonly namesMayFail: boolean;
}

const anything: Constraint = {
  methods: undefined,
  kinds: undefined,
  directions: undefined,
  names: undefined,
  namesMayFail: false,
};

const aspects: Readonly<Record<string, 'methods' | 'kinds' | 'directions' | 'names'>> = {
  'frame.method': 'methods',
  'frame.kind': 'kinds',
  'frame.direction': 'directions',
  'frame.name': 'names',
  'frame.params.name': 'names',
};

export function constraintOf(node: ASTNode): Constraint {
  if (node.op === '&&') return both(constraintOf(node.args[0]), constraintOf(node.args[1]));
  if (node.op === '||') return either(constraintOf(node.args[0]), constraintOf(node.args[1]));
  if (node.op === '==') {
    const [left, right] = node.args;
    return isOneOf(left, textOf(right)) ?? isOneOf(right, textOf(left)) ?? anything;
  }
  if (node.op === 'in') {
    const [left, right] = node.args;
    return isOneOf(left, ...(textsOf(right) ?? [undefined])) ?? anything;
  }
  return anything;
}

function isOneOf(node: ASTNode, ...values: readonly (string | undefined)[]): Constraint | undefined {
  const path = pathOf(node);
  const aspect = path === undefined ? undefined : aspects[path];
  if (aspect === undefined) return undefined;
  const known = values.filter((value) => value !== undefined);
  if (known.length < values.length) return undefined;
  return { ...anything, [aspect]: new Set(known), namesMayFail: path === 'frame.params.name' };
}

type Values = ReadonlySet<string> | undefined;

function both(one: Constraint, other: Constraint): Constraint {
  const common = (a: Values, b: Values): Values =>
    a === undefined ? b : b === undefined ? a : new Set([...a].filter((value) => b.has(value)));
  return {
    methods: common(one.methods, other.methods),
    kinds: common(one.kinds, other.kinds),
    directions: common(one.directions, other.directions),
    names: common(one.names, other.names),
    namesMayFail: one.namesMayFail || other.namesMayFail,
  };
}

function either(one: Constraint, other: Constraint): Constraint {
  const all = (a: Values, b: Values): Values =>
    a === undefined || b === undefined ? undefined : new Set([...a, ...b]);
  return {
    methods: all(one.methods, other.methods),
    kinds: all(one.kinds, other.kinds),
    directions: all(one.directions, other.directions),
    names: all(one.names, other.names),
    namesMayFail: one.namesMayFail || other.namesMayFail,
  };
}
