/**
 * Reads what somebody asks to be held, and makes a rule of it that pauses. What that takes, a schema and the evaluator of
 * conditions, is loaded by whoever reads the first one.
 */

import { breakpointSchema, type BreakpointData } from './breakpoint-schema.ts';
import { Condition, parseCondition } from './condition.ts';
import type { Rule } from './rule-file.ts';

export interface ReadBreakpoint {
  readonly data: BreakpointData;
  /** The rule under the name that the breakpoint is given. */
  ruleOf(name: string): Rule;
}

/** Or why it cannot be taken, as a sentence. */
export function readBreakpoint(value: unknown): ReadBreakpoint | { readonly problem: string } {
  const checked = breakpointSchema.safeParse(value);
  if (!checked.success) return { problem: problemIn(checked.error.issues[0]!) };
  const { data } = checked;
  // Asked about alone first, so that the place of a mistake is the one in what was written.
  const own = data.when === undefined ? undefined : parseCondition(data.when);
  if (own !== undefined && !(own instanceof Condition)) {
    return { problem: `when, character ${own.offset + 1}: ${own.message}` };
  }
  const text = conditionText(data);
  const condition = text === undefined ? undefined : parseCondition(text);
  if (condition !== undefined && !(condition instanceof Condition)) return { problem: `when: ${condition.message}` };
  const { transition, session, timeoutMs: ms, byDefault, scope } = data;
  return {
    data,
    ruleOf: (name) => ({
      id: name,
      priority: 0,
      breakpoint: transition === undefined ? undefined : { from: transition.from, to: transition.to },
      session,
      condition,
      actions: [{ pause: { ms, default: byDefault, scope } }],
      onError: 'open',
      files: new Map(),
    }),
  };
}

/** What is asked for by members first: rules are found by it. */
function conditionText({ kind, method, direction, when }: BreakpointData): string | undefined {
  const parts = Object.entries({ kind, method, direction }).flatMap(([name, wanted]) =>
    wanted === undefined ? [] : [`frame.${name} == ${JSON.stringify(wanted)}`],
  );
  if (when !== undefined) parts.push(`(${when})`);
  return parts.length === 0 ? undefined : parts.join(' && ');
}

function problemIn({ path, message }: { readonly path: readonly PropertyKey[]; readonly message: string }): string {
  const words = message.replace(/^Invalid input: /, '');
  return path.length === 0 ? words : `${path.map(String).join('.')}: ${words}`;
}
