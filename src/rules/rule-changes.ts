/** What a new version of a rule file changes, by the names of its rules. */

import type { Rule } from './rule-file.ts';

export interface RuleChanges {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
}

export function changesBetween(before: readonly Rule[], after: readonly Rule[]): RuleChanges {
  const old = new Map(before.map((rule) => [rule.id, contentOf(rule)]));
  const now = new Map(after.map((rule) => [rule.id, contentOf(rule)]));
  return {
    added: [...now.keys()].filter((id) => !old.has(id)),
    removed: [...old.keys()].filter((id) => !now.has(id)),
    changed: [...now].filter(([id, content]) => old.has(id) && old.get(id) !== content).map(([id]) => id),
  };
}

function contentOf({ id, priority, breakpoint, condition, actions, onError, files }: Rule): string {
  return JSON.stringify([id, priority, breakpoint, condition?.text, actions, onError, [...files]]);
}
