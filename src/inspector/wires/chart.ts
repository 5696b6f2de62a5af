/**
 * The chart of a session as plain data: what other inspectors draw. It is read from the machine that runs, so it cannot differ
 * from it; of a chart that speaks in names alone nothing is lost but the functions that make its context.
 */

import { sessionMachine } from '../../../machines/session.ts';
import type { SessionState } from '../../session/outcomes.ts';

/** What XState calls the value of a state: `active.serving` is an object, `closed` a text. */
export type StateValue = string | { readonly [state: string]: StateValue };

export interface ChartTransition {
  readonly target?: string;
  readonly guard?: string;
  readonly actions?: string | readonly string[];
}

export type ChartTransitions = Readonly<Record<string, ChartTransition | readonly ChartTransition[]>>;

/** A state of a chart, in the words of XState 5. */
export interface ChartNode {
  readonly id?: string;
  readonly initial?: string;
  readonly type?: 'final';
  readonly description?: string;
  readonly tags?: string | readonly string[];
  readonly entry?: string | readonly string[];
  readonly on?: ChartTransitions;
  readonly after?: ChartTransitions;
  readonly always?: ChartTransition | readonly ChartTransition[];
  readonly states?: Readonly<Record<string, ChartNode>>;
}

/** Of every session. */
export const sessionChart: ChartNode = plain(sessionMachine.config);

/** Of the process, which is there as long as somebody can look. */
export const processChart: ChartNode = {
  id: 'ninelives',
  initial: 'running',
  states: { running: { description: 'The process whose sessions these are.' } },
};

/** @returns `{ active: 'serving' }` for `active.serving`. */
export function valueOf(state: SessionState): StateValue {
  const [leaf = state, ...around] = state.split('.').reverse();
  return around.reduce<StateValue>((inner, name) => ({ [name]: inner }), leaf);
}

/** The tags that the chart gives the state and those around it. */
export function chartTagsOf(state: SessionState): readonly string[] {
  let node: ChartNode | undefined = sessionChart;
  return state.split('.').flatMap((name) => {
    node = node?.states?.[name];
    return node?.tags ?? [];
  });
}

/** What is no data has no place in a message: the context is made by a function, and limits on steps are the interpreter's. */
function plain({ context: _context, options: _options, ...config }: object & { context?: unknown; options?: unknown }) {
  return JSON.parse(JSON.stringify(config)) as ChartNode;
}
