/** The numbers of several runtimes as those of one, and of those that are gone with them. */

import type { TotalsSnapshot } from '../runtime/totals.ts';

/** @param all at least one. */
export function sumOfTotals(all: readonly TotalsSnapshot[]): TotalsSnapshot {
  const [first, ...others] = all;
  if (first === undefined) throw new RangeError('There is nothing to add up');
  return others.reduce(add, first);
}

function add(one: TotalsSnapshot, other: TotalsSnapshot): TotalsSnapshot {
  const { transitions: theirs, ...numbers } = other;
  const { transitions: ours, ...rest } = one;
  const transitions = new Map(ours.map((each) => [`${each.from} ${each.to}`, each]));
  for (const each of theirs) {
    const edge = `${each.from} ${each.to}`;
    transitions.set(edge, { ...each, count: each.count + (transitions.get(edge)?.count ?? 0) });
  }
  return { ...(sum(rest, numbers) as Omit<TotalsSnapshot, 'transitions'>), transitions: [...transitions.values()] };
}

/** Numbers are added, and objects member by member. */
function sum(one: unknown, other: unknown): unknown {
  if (typeof one === 'number' && typeof other === 'number') return one + other;
  const members = Object.entries(one as Readonly<Record<string, unknown>>);
  const theirs = other as Readonly<Record<string, unknown>>;
  return Object.fromEntries(members.map(([name, value]) => [name, sum(value, theirs[name])]));
}
