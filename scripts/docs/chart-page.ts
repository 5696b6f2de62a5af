/**
 * A chart as a page: a walk over the machine that runs, so that picture and tables cannot say anything else than it does.
 * The picture shows the edges that lead somewhere; what happens inside a state stands in the table.
 */

import type { AnyStateMachine } from 'xstate';
import { code, codes, fenced, generatedFrom, table } from './markdown.ts';

type Node = AnyStateMachine['root'];

/** One row of the table: an event as one state takes it. */
interface Row {
  readonly state: Node;
  readonly event: string;
  readonly guard: string;
  readonly target: Node | undefined;
  readonly actions: readonly string[];
}

/** @param unexpected what becomes of an event that no state takes. */
export function chartPage(machine: AnyStateMachine, file: string, intro: string, unexpected: string): string {
  const states = statesBelow(machine.root);
  const rows = [machine.root, ...states].flatMap(rowsOf);
  return [
    generatedFrom(file),
    `# The ${machine.id} chart`,
    intro,
    fenced('mermaid', diagram(machine)),
    '## States',
    table(
      ['state', 'tags', 'description'],
      states.map((state) => [code(nameOf(state)), codes(state.tags), `${endsWith(state)}${state.description ?? ''}`]),
    ),
    ...entriesOf(states),
    '## Transitions',
    `Rows of one state and event are tried from top to bottom; the first whose guard holds is taken. A state is asked before
the state around it, and _any state_ is asked last. ${unexpected}`,
    table(
      ['in', 'event', 'guard', 'goes to', 'actions'],
      rows.map((row) => [
        row.state === machine.root ? '_any state_' : code(nameOf(row.state)),
        code(row.event),
        row.guard === '' ? '' : code(row.guard),
        row.target === undefined ? 'stays' : code(nameOf(row.target)),
        codes(row.actions),
      ]),
    ),
  ].join('\n\n');
}

/** The picture alone, for pages that show it beside other things. */
export function diagram(machine: AnyStateMachine): string {
  const { root } = machine;
  const lines = ['stateDiagram-v2', '  direction TB', ...drawn(root, '  ')];
  const edges = edgesOf([root, ...statesBelow(root)].flatMap(rowsOf));
  if (edges.some((edge) => edge.startsWith(`  ${anyState} `))) lines.push(`  state "any state" as ${anyState}`);
  lines.push(...edges);
  for (const state of statesBelow(root)) if (state.type === 'final') lines.push(`  ${nameOf(state)} --> [*]`);
  return lines.join('\n');
}

const anyState = 'anyState';

/** The states inside a state: its initial one, and boxes for those that have states of their own. */
function drawn(parent: Node, indent: string): readonly string[] {
  const initial = parent.initial.target?.[0];
  const lines = initial === undefined ? [] : [`${indent}[*] --> ${nameOf(initial)}`];
  for (const state of Object.values(parent.states)) {
    const name = nameOf(state);
    if (Object.keys(state.states).length === 0) {
      lines.push(name === state.key ? `${indent}${name}` : `${indent}state "${state.key}" as ${name}`);
    } else lines.push(`${indent}state ${name} {`, ...drawn(state, `${indent}  `), `${indent}}`);
  }
  return lines;
}

/** One edge for each pair of states, with everything that takes it as its label. */
function edgesOf(rows: readonly Row[]): readonly string[] {
  const labels = new Map<string, string[]>();
  for (const { state, event, guard, target } of rows) {
    if (target === undefined) continue;
    const from = state.parent === undefined ? anyState : nameOf(state);
    const edge = `  ${from} --> ${nameOf(target)}`;
    labels.set(edge, [...(labels.get(edge) ?? []), guard === '' ? event : `${event} [${guard}]`]);
  }
  return [...labels].map(([edge, label]) => `${edge} : ${label.join('<br/>')}`);
}

function statesBelow(parent: Node): readonly Node[] {
  return Object.values(parent.states).flatMap((state: Node) => [state, ...statesBelow(state)]);
}

function nameOf(state: Node): string {
  return state.path.join('.');
}

function endsWith(state: Node): string {
  return state.type === 'final' ? 'Final. ' : '';
}

function rowsOf(state: Node): readonly Row[] {
  const transitions = [...(state.always ?? []), ...[...state.transitions.values()].flat()];
  return transitions.map((transition) => ({
    state,
    event: eventOf(transition.eventType),
    guard: typeof transition.guard === 'string' ? transition.guard : '',
    target: transition.target?.[0],
    actions: transition.actions.map(actionName),
  }));
}

/** XState's own events by the words of the chart: `after` with the delay's name, `always` without any event. */
function eventOf(type: string): string {
  if (type === '') return 'always';
  return type.replace(/^xstate\.after\.([^.]+)\..*$/, 'after $1');
}

function actionName(action: unknown): string {
  return typeof action === 'string' ? action : (action as { readonly type: string }).type;
}

/** What states do on entering, where they do anything. XState's own timer actions are the `after` rows already. */
function entriesOf(states: readonly Node[]): readonly string[] {
  const rows = states.flatMap((state) => {
    const names = state.entry.map(actionName).filter((name) => !name.startsWith('xstate.'));
    return names.length === 0 ? [] : [[code(nameOf(state)), codes(names)]];
  });
  return rows.length === 0 ? [] : [table(['entering', 'actions'], rows)];
}

/** The states with a transition for an event, in the order of the chart. */
export function statesTaking(machine: AnyStateMachine, event: string): 'any state' | readonly string[] {
  if (machine.root.transitions.has(event)) return 'any state';
  return statesBelow(machine.root)
    .filter((state) => state.transitions.has(event))
    .map(nameOf);
}

/** A state's description, and that of the state around it. */
export function stateDescription(machine: AnyStateMachine, name: string): string {
  const state = statesBelow(machine.root).find((candidate) => nameOf(candidate) === name);
  if (state === undefined) throw new Error(`The chart ${machine.id} has no state ${name}`);
  const around = state.parent?.description;
  return around === undefined ? `${state.description}` : `${around} ${state.description}`;
}
