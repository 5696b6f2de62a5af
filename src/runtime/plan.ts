/**
 * The compiled plan: what most events do, without the interpreter.
 *
 * Theory of operation. In one configuration of a chart (one atomic state and its ancestors) the transitions that an event
 * can select are known in advance: the candidates of the atomic state in document order, then those of each ancestor. The
 * plan is the table of those candidates, compiled out of the chart once for each configuration; the chart stays the only
 * place where the rules are written. The first candidate whose condition holds is taken.
 *
 * A candidate that has no target, does not re-enter, and consists of updates only changes nothing but the record: taking it
 * is running its updates. Any other candidate is taken by XState's interpreter the first time. Where all that XState did was
 * to run updates and to arrive at a snapshot, that is remembered with the candidate, and taking it again is running the same
 * updates in the same order and arriving at a copy of that snapshot: the configuration an interpreter arrives at depends on
 * the configuration it left and the transition it took, and on nothing else, unless there are eventless transitions, raised
 * events, timers, children or parallel states, and then nothing is remembered.
 *
 * To the interpreter go, always: event types with a guard that is no condition, whole configurations in which an eventless
 * transition, a wildcard or a parallel state could have a say, and transitions that arm or cancel `after` timers. Conditions
 * only look, so asking them again there does no harm. That a run with the plan equals one without is a property in
 * test/properties.
 *
 * XState 5.33 only: its compiled nodes are internal, so their shape is checked, and an unknown shape gets an empty plan.
 */

import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import { type Condition, type Update, type UpdateAction, conditionOf, updateOf } from '../../machines/update.ts';

/** What XState did when it took a transition that could be remembered. */
export interface Step<TRecord, TEvent> {
  /** Exit, transition and entry updates, in the order in which they ran. */
  readonly updates: readonly Update<TRecord, TEvent>[];
  /** Where it arrived, without a context: only copies with their own leave here. */
  readonly arrival: AnyMachineSnapshot;
}

/** One transition that an event may select. */
export interface Candidate<TRecord, TEvent> {
  readonly isAllowed: Condition<TRecord, TEvent> | undefined;
  /** The updates of a transition that changes nothing else. */
  readonly updates: readonly Update<TRecord, TEvent>[] | undefined;
  /** What to repeat; `undefined` until XState has taken the transition, and for ever when it cannot be remembered. */
  step: Step<TRecord, TEvent> | undefined;
}

/** By event type; a type that is missing is the interpreter's. */
export type Plan<TRecord, TEvent> = ReadonlyMap<string, readonly Candidate<TRecord, TEvent>[]>;

interface TransitionShape {
  readonly target: readonly unknown[] | undefined;
  readonly reenter: boolean;
  readonly guard: unknown;
  readonly actions: readonly unknown[];
}

interface NodeShape {
  readonly type: string;
  readonly parent: NodeShape | undefined;
  readonly always: readonly unknown[] | undefined;
  readonly transitions: ReadonlyMap<string, readonly TransitionShape[]>;
}

interface Implementations {
  readonly actions: Readonly<Record<string, unknown>>;
  readonly guards: Readonly<Record<string, unknown>>;
}

/** Compiles the plan of the configuration that the snapshot is in. */
export function compilePlan<TRecord, TEvent>(
  machine: AnyStateMachine,
  snapshot: AnyMachineSnapshot,
): Plan<TRecord, TEvent> {
  const plan = new Map<string, readonly Candidate<TRecord, TEvent>[]>();
  const chain = chainOf(snapshot);
  if (chain === undefined) return plan;
  const implementations = machine.implementations as Implementations;
  const types = new Set(chain.flatMap((node) => [...node.transitions.keys()]));
  for (const type of types) {
    const candidates: Candidate<TRecord, TEvent>[] = [];
    for (const node of chain) {
      for (const transition of node.transitions.get(type) ?? []) {
        candidates.push(candidateOf(transition, implementations));
      }
    }
    const isKnown = candidates.every((candidate) => candidate !== unknownGuard);
    if (isKnown) plan.set(type, candidates);
  }
  return plan;
}

/** The atomic state and its ancestors, innermost first; `undefined` when the interpreter has to decide every event. */
function chainOf(snapshot: AnyMachineSnapshot): readonly NodeShape[] | undefined {
  const nodes = (snapshot as unknown as { readonly _nodes?: readonly NodeShape[] })._nodes;
  if (!Array.isArray(nodes)) return undefined;
  const leaves = (nodes as readonly NodeShape[]).filter((node) => node.type === 'atomic');
  if (leaves.length !== 1) return undefined;
  const chain: NodeShape[] = [];
  for (let node = leaves[0]; node !== undefined; node = node.parent) {
    const isPlain = node.transitions instanceof Map && (node.always === undefined || node.always.length === 0);
    if (!isPlain || [...node.transitions.keys()].some((type) => type.includes('*'))) return undefined;
    chain.push(node);
  }
  return chain.length === nodes.length ? chain : undefined;
}

/** Nothing but the transition itself decided where XState arrived: no eventless transition could follow, no child runs. */
export function isRepeatable(arrival: AnyMachineSnapshot): boolean {
  const { _nodes: nodes, children } = arrival as unknown as {
    readonly _nodes?: readonly NodeShape[];
    readonly children: object;
  };
  if (nodes === undefined || Object.keys(children).length > 0) return false;
  return nodes.every((node) => node.type !== 'parallel' && (node.always === undefined || node.always.length === 0));
}

/** A copy of where XState once arrived, for somebody else's context. */
export function arriveAt(arrival: AnyMachineSnapshot, context: unknown): AnyMachineSnapshot {
  return { ...arrival, context } as AnyMachineSnapshot;
}

/** Stands for a candidate whose guard only the interpreter can ask; it spoils its whole event type. */
const unknownGuard: Candidate<never, never> = { isAllowed: undefined, updates: undefined, step: undefined };

function candidateOf<TRecord, TEvent>(
  transition: TransitionShape,
  implementations: Implementations,
): Candidate<TRecord, TEvent> {
  let isAllowed: Condition<TRecord, TEvent> | undefined;
  if (transition.guard !== undefined) {
    const { guard } = transition;
    const implementation = typeof guard === 'string' ? implementations.guards[guard] : undefined;
    isAllowed = (implementation as { readonly [conditionOf]?: Condition<TRecord, TEvent> } | undefined)?.[conditionOf];
    if (isAllowed === undefined) return unknownGuard as Candidate<TRecord, TEvent>;
  }
  const isTargetless = transition.target === undefined && !transition.reenter;
  const updates = isTargetless ? updatesOf(transition.actions, implementations) : undefined;
  return { isAllowed, updates, step: undefined };
}

function updatesOf<TRecord, TEvent>(
  actions: readonly unknown[],
  implementations: Implementations,
): readonly Update<TRecord, TEvent>[] | undefined {
  const updates: Update<TRecord, TEvent>[] = [];
  for (const action of actions) {
    const implementation = typeof action === 'string' ? implementations.actions[action] : undefined;
    const update = (implementation as Partial<UpdateAction<TRecord>> | undefined)?.[updateOf];
    if (update === undefined) return undefined;
    updates.push(update as Update<TRecord, TEvent>);
  }
  return updates;
}
