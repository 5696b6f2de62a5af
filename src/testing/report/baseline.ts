/**
 * Laws that a thing under test is known to break, so that it can be held to all the others from today on. A file of JSON that people
 * may edit: the id of each law, and why it is borne.
 */

import { isJsonObject } from '../../protocol/derive.ts';
import { messageOf } from '../../reasons.ts';
import type { Findings } from './finding.ts';

export type Baseline = ReadonlyMap<string, string>;

export function readBaseline(text: string): { readonly baseline: Baseline } | { readonly problem: string } {
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch (error) {
    return { problem: `this is no JSON: ${messageOf(error)}` };
  }
  const broken = isJsonObject(said) ? said['broken'] : undefined;
  if (!Array.isArray(broken)) return { problem: 'a baseline is {"broken": [{"law": "...", "why": "..."}]}' };
  const laws: [string, string][] = [];
  for (const entry of broken as readonly unknown[]) {
    const law = isJsonObject(entry) ? entry['law'] : undefined;
    if (typeof law !== 'string') return { problem: 'an entry of "broken" has no "law"' };
    const why = isJsonObject(entry) ? entry['why'] : undefined;
    laws.push([law, typeof why === 'string' ? why : '']);
  }
  return { baseline: new Map(laws) };
}

/** Every law that is broken now. Reasons that were given before stay. */
export function writeBaseline(all: readonly Findings[], before: Baseline = new Map()): string {
  const texts = new Map<string, string>();
  for (const { laws } of all) {
    for (const { law, counterexample } of laws) {
      if (counterexample !== undefined) texts.set(law.id, before.get(law.id) ?? counterexample.violation.text);
    }
  }
  const broken = [...texts].map(([law, why]) => ({ law, why }));
  return `${JSON.stringify({ broken }, null, 2)}\n`;
}

/** Laws that are said to be broken and were kept, though they were put to the test: they can be taken off the list. */
export function mended(all: readonly Findings[], baseline: Baseline): readonly string[] {
  return [...baseline.keys()].filter((id) => {
    const found = all.flatMap(({ laws }) => laws.filter(({ law }) => law.id === id));
    return (
      found.some(({ exercised }) => exercised > 0) && found.every(({ counterexample }) => counterexample === undefined)
    );
  });
}
