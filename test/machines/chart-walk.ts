/**
 * Walks over charts: which states and transitions they have, and which of them can be reached and taken. Guards are not
 * asked what they mean: an event of the walk says which of them let it pass, so that every branch can be entered.
 */
import type { AnyMachineSnapshot, AnyStateMachine, EventObject } from 'xstate';
import { getAdjacencyMap } from 'xstate/graph';

/** One transition as the chart draws it: `initializing -frame.request [isModernRequest]-> active`. */
export type Edge = string;

interface Definition {
  readonly eventType: string;
  readonly guard?: unknown;
  readonly source: { readonly path: readonly string[] };
  readonly target: readonly { readonly path: readonly string[] }[] | undefined;
}

interface Node {
  readonly type: string;
  readonly description?: string | undefined;
  readonly path: readonly string[];
  readonly tags: readonly string[];
  readonly always: readonly Definition[] | undefined;
  readonly transitions: ReadonlyMap<string, readonly Definition[]>;
  readonly states: Readonly<Record<string, Node>>;
}

/** An event that lets the named guards pass, and no others. */
export interface WalkingEvent extends EventObject {
  readonly passes: readonly string[];
}

export function nodesOf(machine: AnyStateMachine): readonly Node[] {
  const visit = (node: Node): readonly Node[] => [node, ...Object.values(node.states).flatMap(visit)];
  return visit(machine.root as unknown as Node);
}

const nameOf = ({ path }: { readonly path: readonly string[] }): string =>
  path.length === 0 ? '(any)' : path.join('.');

export function edgeOf({ source, eventType, guard, target }: Definition): Edge {
  const condition = typeof guard === 'string' ? ` [${guard}]` : '';
  const goal = target === undefined ? '' : `> ${target.map(nameOf).join(' ')}`;
  return `${nameOf(source)} -${eventType === '' ? 'always' : eventType}${condition}-${goal}`;
}

/** Every transition of the chart. */
export function edgesOf(machine: AnyStateMachine): readonly Edge[] {
  return nodesOf(machine).flatMap((node) =>
    [...[...node.transitions.values()].flat(), ...(node.always ?? [])].map(edgeOf),
  );
}

/** The leaf states, with the tags that outsiders see in them. */
export function tagsOf(machine: AnyStateMachine): Readonly<Record<string, readonly string[]>> {
  const leaves = nodesOf(machine).filter((node) => node.type === 'atomic' || node.type === 'final');
  return Object.fromEntries(
    leaves.map((leaf) => {
      const line = nodesOf(machine).filter(({ path }) => path.every((step, depth) => leaf.path[depth] === step));
      return [nameOf(leaf), line.flatMap(({ tags }) => tags)];
    }),
  );
}

/** The states that do not say in a sentence what they are. */
export function undescribed(machine: AnyStateMachine): readonly string[] {
  return nodesOf(machine)
    .filter(({ path, description = '' }) => path.length > 0 && !/^[A-Z].+\.$/.test(description))
    .map(nameOf);
}

/** The leaf that a snapshot is in. */
export function leafOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return Object.entries(value as object)
    .map(([parent, child]) => `${parent}.${leafOf(child)}`)
    .join();
}

export interface Walk {
  readonly reached: ReadonlySet<string>;
  readonly taken: ReadonlySet<Edge>;
  /** From one leaf to another, whatever the way: `initializing > failed`. */
  readonly moves: ReadonlySet<string>;
}

/** The machine with guards that believe the event, and actions that do nothing. */
function believing<TMachine extends AnyStateMachine>(machine: TMachine): TMachine {
  const { guards, actions } = machine.implementations;
  const passes = (name: string) => (args: { readonly event: WalkingEvent }) => args.event.passes.includes(name);
  return machine.provide({
    guards: Object.fromEntries(Object.keys(guards).map((name) => [name, passes(name)])),
    actions: Object.fromEntries(Object.keys(actions).map((name) => [name, () => {}])),
  } as never) as TMachine;
}

interface Passage {
  readonly event: WalkingEvent;
  readonly state: AnyMachineSnapshot;
}

/** Goes wherever the chart can go. */
export function walk(chart: AnyStateMachine, input: unknown): Walk {
  const machine = believing(chart);
  const guards = Object.keys(chart.implementations.guards);
  const types = new Set(nodesOf(machine).flatMap((node) => [...node.transitions.keys()]));
  const events = [...types].flatMap((type) => [
    { type, passes: [] as string[] },
    ...guards.map((guard) => ({ type, passes: [guard] })),
  ]);
  const map = getAdjacencyMap(machine, {
    input,
    events,
    serializeState: (snapshot: AnyMachineSnapshot) => JSON.stringify(snapshot.value),
  } as never) as unknown as Readonly<
    Record<string, { readonly state: AnyMachineSnapshot; readonly transitions: object }>
  >;
  const taken = new Set<Edge>();
  const moves = new Set<string>();
  for (const { state, transitions } of Object.values(map)) {
    if (state.status === 'done') continue;
    const from = leafOf(state.value);
    const eventless = nodesOf(machine).find((node) => nameOf(node) === from)?.always ?? [];
    for (const { event, state: next } of Object.values(transitions) as Passage[]) {
      const to = leafOf(next.value);
      const definitions: readonly Definition[] = machine.getTransitionData(state as never, event) as never;
      for (const definition of definitions) taken.add(edgeOf(definition));
      for (const definition of eventless) {
        const isTaken = event.passes.includes(String(definition.guard)) && definition.target?.map(nameOf).join() === to;
        if (isTaken) taken.add(edgeOf(definition));
      }
      if (from !== to) moves.add(`${from} > ${to}`);
    }
  }
  return { reached: new Set(Object.values(map).map(({ state }) => leafOf(state.value))), taken, moves };
}
